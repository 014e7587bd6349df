import { AttackError } from './attack-error.ts';

export interface RawAnswer {
  /** 0: the peer closed the connection without an answer. */
  readonly status: number;
  readonly body: string;
}

const mostAnswers = 10;

/**
 * Answers of HTTP/1.x (RFC 9112) that came on one connection until it was closed. What breaks off counts as far as it goes.
 * Throws AttackError `bad-answer`.
 */
export function readAnswers(bytes: Buffer): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let place = 0;
  while (place < bytes.byteLength && answers.length < mostAnswers) {
    const end = bytes.indexOf('\r\n\r\n', place);
    const head = bytes.toString('latin1', place, end < 0 ? Math.min(bytes.byteLength, place + 16_384) : end);
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? 0);
    if (status === 0) throw new AttackError('bad-answer', 'what came back is no HTTP/1.x');
    place = end < 0 ? bytes.byteLength : end + 4;
    // An interim answer is followed by the answer itself.
    if (status >= 100 && status < 200 && status !== 101) continue;
    const hasBody = status !== 101 && status !== 204 && status !== 304;
    const { body, next } = hasBody ? readBody(bytes, place, head) : { body: '', next: place };
    answers.push({ status, body });
    place = status === 101 ? bytes.byteLength : next;
  }
  return answers;
}

function readBody(bytes: Buffer, start: number, head: string): { readonly body: string; readonly next: number } {
  if (/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) return readChunks(bytes, start);
  const length = /\r\ncontent-length:[ \t]*(\d{1,10})/i.exec(head)?.[1];
  const next = length === undefined ? bytes.byteLength : Math.min(bytes.byteLength, start + Number(length));
  return { body: bytes.toString('utf8', start, next), next };
}

function readChunks(bytes: Buffer, start: number): { readonly body: string; readonly next: number } {
  const parts: Buffer[] = [];
  let place = start;
  for (;;) {
    const end = bytes.indexOf('\r\n', place);
    const size = end < 0 ? undefined : /^([0-9a-f]{1,8})(?:;|$)/i.exec(bytes.toString('latin1', place, end))?.[1];
    if (size === undefined) return { body: Buffer.concat(parts).toString(), next: bytes.byteLength };
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      // Nothing that is asked here has trailers.
      return { body: Buffer.concat(parts).toString(), next: Math.min(bytes.byteLength, end + 4) };
    }
    parts.push(bytes.subarray(end + 2, end + 2 + length));
    place = end + 2 + length + 2;
  }
}
