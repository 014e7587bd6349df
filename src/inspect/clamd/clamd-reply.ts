import { InspectError } from '../inspect-error.ts';

/** What clamd answers to one command (clamd(8), "COMMANDS"; clamd/session.c of ClamAV 1.4). */
export type ClamdReply =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly signature: string }
  /** More than StreamMaxLength; clamd closes the connection after it. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'text'; readonly text: string };

/** A reply is some tens of bytes; a name of a signature at most some hundred. */
export const longestReply = 4096;

/**
 * One reply without its terminator: `7: stream: Win.Trojan.Agent-1 FOUND`. The number is that of the command in its session;
 * undefined where clamd says something outside of it. Total: what is not understood is `text`, never `clean`.
 */
export function parseClamdReply(line: string): { readonly id: number | undefined; readonly reply: ClamdReply } {
  const [, digits, rest = line] = /^(\d{1,10}): (.*)$/s.exec(line) ?? [];
  return { id: digits === undefined ? undefined : Number(digits), reply: replyOf(rest) };
}

function replyOf(text: string): ClamdReply {
  if (text === 'stream: OK') return { kind: 'clean' };
  const found = /^stream: (.+) FOUND$/s.exec(text)?.[1];
  // With ExtendedDetectionInfo older versions put digest and size behind the name.
  if (found !== undefined)
    return { kind: 'found', signature: printable(found.replace(/\([0-9a-f]{32}:\d{1,20}\)$/, ''), 200) };
  if (text === 'INSTREAM size limit exceeded. ERROR') return { kind: 'too-large' };
  const failed = /^(?:stream: )?(.+) ERROR$/s.exec(text)?.[1];
  if (failed !== undefined) return { kind: 'failed', reason: printable(failed, 100) };
  return { kind: 'text', text: printable(text, 200) };
}

function printable(text: string, most: number): string {
  return text.slice(0, most).replace(/[^\x20-\x7e]/g, '?');
}

/** Cuts what comes from clamd into replies, which end with NUL. */
export class ClamdReplyReader {
  #rest = '';

  /** The replies that are whole now. Throws InspectError `bad-clamd-reply` for one without end. */
  push(bytes: Uint8Array): readonly string[] {
    const text = this.#rest + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const replies = text.split('\0');
    this.#rest = replies.pop() as string;
    if (this.#rest.length > longestReply || replies.some((reply) => reply.length > longestReply))
      throw new InspectError('bad-clamd-reply', `a reply has more than ${longestReply} bytes: it is not clamd's`);
    return replies;
  }
}
