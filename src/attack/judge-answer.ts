import { parseJson } from '../base/index.ts';
import type { AttackOutcome } from './attack.ts';
import type { RawAnswer } from './read-answers.ts';

const longest = 300;

/** Text of an engine or a gate, in one line that no terminal stumbles over. */
export function oneLine(text: string): string {
  const line = text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
    .replace(/[\u0000-\u0020\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+/g, ' ')
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1).toWellFormed()}…` : line;
}

/** What an engine says: the message of its JSON, or the text as it is. */
export function wordsOf({ status, body }: RawAnswer): string {
  const text = oneLine(messageIn(body));
  if (text !== '') return text;
  return status >= 300 && status < 400 ? `the client is sent elsewhere (status ${status})` : `status ${status}`;
}

function messageIn(body: string): string {
  try {
    const value = parseJson(body, 'the answer');
    if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string')
      return value.message;
  } catch {
    return body;
  }
  return body;
}

/** The outcome where an answer is a refusal, and undefined where the engine did what it was asked. */
export function refusalIn(answer: RawAnswer): Extract<AttackOutcome, { state: 'held' }> | undefined {
  if (answer.status === 0) return { state: 'held', by: 'engine', words: 'the connection was closed without an answer' };
  const words = wordsOf(answer);
  if (isByGate(answer)) return { state: 'held', by: 'gate', words: words.replace(/^authorization denied by /, '') };
  return answer.status >= 300 ? { state: 'held', by: 'engine', words } : undefined;
}

/** dockerd says which plugin denied, with 403, or failed to answer, with 500 (moby, pkg/authorization). */
export function isByGate({ status, body }: RawAnswer): boolean {
  return status >= 400 && /authorization denied by plugin |plugin \S+ failed with error: /.test(body);
}

/** The ID of what an engine says that it made: `{"Id":…}` of a container or a process. */
export function madeIn(body: string): string | undefined {
  try {
    const value = parseJson(body, 'the answer');
    const id = typeof value === 'object' && value !== null && 'Id' in value ? value.Id : undefined;
    return typeof id === 'string' && /^[0-9a-f]{8,128}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** The ID of an image in what an engine says of an import, a commit or a load. */
export function imageIn(body: string): string | undefined {
  return /\bsha256:[0-9a-f]{64}\b/.exec(body)?.[0];
}
