import { AttackError } from './attack-error.ts';

export interface RawAnswer {
  /** 0: the peer closed the connection without an answer. */
  readonly status: number;
  readonly body: string;
}

interface ReadAnswer extends RawAnswer {
  /** It said its length, and all of it is there. */
  readonly isWhole: boolean;
}

const mostAnswers = 10;

/**
 * Answers of HTTP/1.x (RFC 9112) that came on one connection until it was closed. What breaks off counts as far as it goes.
 * Throws AttackError `bad-answer`.
 */
export function readAnswers(bytes: Buffer): readonly ReadAnswer[] {
  const answers: ReadAnswer[] = [];
  let place = 0;
  while (place < bytes.byteLength && answers.length < mostAnswers) {
    const end = bytes.indexOf('\r\n\r\n', place);
    const head = bytes.toString('latin1', place, end < 0 ? Math.min(bytes.byteLength, place + 16_384) : end);
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(head)?.[1] ?? 0);
    if (status === 0) throw new AttackError('bad-answer', 'what came back is no HTTP/1.x');
    place = end < 0 ? bytes.byteLength : end + 4;
    // An interim answer is followed by the answer itself.
    if (status >= 100 && status < 200 && status !== 101) continue;
    if (end < 0) {
      answers.push({ status, body: '', isWhole: false });
    } else if (status === 101 || status === 204 || status === 304) {
      answers.push({ status, body: '', isWhole: true });
      // What follows a switch of protocols is no HTTP.
      if (status === 101) break;
    } else {
      const { next, ...body } = readBody(bytes, place, head);
      answers.push({ status, ...body });
      place = next;
    }
  }
  return answers;
}

interface ReadBody extends Pick<ReadAnswer, 'body' | 'isWhole'> {
  readonly next: number;
}

function readBody(bytes: Buffer, start: number, head: string): ReadBody {
  if (/\r\ntransfer-encoding:[ \t]*chunked/i.test(head)) return readChunks(bytes, start);
  const length = /\r\ncontent-length:[ \t]*(\d{1,10})/i.exec(head)?.[1];
  const end = length === undefined ? Number.POSITIVE_INFINITY : start + Number(length);
  const next = Math.min(bytes.byteLength, end);
  return { body: bytes.toString('utf8', start, next), isWhole: next === end, next };
}

function readChunks(bytes: Buffer, start: number): ReadBody {
  const parts: Buffer[] = [];
  let place = start;
  for (;;) {
    const end = bytes.indexOf('\r\n', place);
    const size = end < 0 ? undefined : /^([0-9a-f]{1,8})(?:;|$)/i.exec(bytes.toString('latin1', place, end))?.[1];
    if (size === undefined) return { body: Buffer.concat(parts).toString(), isWhole: false, next: bytes.byteLength };
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      // Nothing that is asked here has trailers.
      return { body: Buffer.concat(parts).toString(), isWhole: true, next: Math.min(bytes.byteLength, end + 4) };
    }
    parts.push(bytes.subarray(end + 2, end + 2 + length));
    place = end + 2 + length + 2;
  }
}
