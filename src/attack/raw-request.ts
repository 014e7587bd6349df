import { connect } from 'node:net';
import { AttackError } from './attack-error.ts';
import { type RawAnswer, readAnswers } from './read-answers.ts';

export type { RawAnswer } from './read-answers.ts';

/** One HTTP request as it is written, right or wrong. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** As they are written, in order; Host, Connection and a length are added. Absent: one that says JSON. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** Its length is not said: it is sent in chunks. */
  readonly isChunked?: boolean;
  readonly version?: '1.0' | '1.1';
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Milliseconds until no answer counts as none; 20 s where it is absent. */
  readonly patience?: number;
  /** Milliseconds for the answer after an interrupt: what was made for it is to be known before it is taken away. 3 s. */
  readonly grace?: number;
}

/** Where an engine listens: the path of a unix socket, or a port of this machine. */
export type SocketAddress = { readonly path: string } | { readonly host: string; readonly port: number };

const longestAnswer = 16 * 2 ** 20;

/**
 * Sends requests behind each other on one connection, and gives the last answer; status 0 where the peer closed without
 * one. Throws AttackError `engine-silent` where nothing listens or answers in time, and `bad-answer`.
 */
export function sendRaw(
  address: SocketAddress,
  requests: readonly RawRequest[],
  { signal, patience = 20_000, grace = 3000 }: SendOptions,
): Promise<RawAnswer> {
  const bytes = Buffer.concat(requests.map((request, index) => encodeRequest(request, index === requests.length - 1)));
  const place = 'path' in address ? address.path : `${address.host}:${address.port}`;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (message: string, cause?: unknown) => {
      settle();
      reject(
        new AttackError('engine-silent', message, { cause, remedy: 'See that it runs, and that you may speak to it' }),
      );
    };
    const finish = () => {
      settle();
      try {
        resolve(readAnswers(Buffer.concat(chunks)).at(-1) ?? { status: 0, body: '' });
      } catch (error) {
        reject(error);
      }
    };
    /** Whoever is asked to switch protocols does not close, neither when he does nor when he refuses. */
    const finishWhereWhole = () => {
      try {
        const answers = readAnswers(Buffer.concat(chunks));
        if (answers.length >= requests.length && answers.at(-1)?.isWhole) finish();
      } catch {
        finish();
      }
    };
    const brokenOff = () => fail('the run was broken off');
    let graceTimer: NodeJS.Timeout | undefined;
    const abort = () => {
      graceTimer = setTimeout(brokenOff, grace);
    };
    const timer = setTimeout(() => fail(`${place} did not answer within ${patience / 1000} s`), patience);
    // Not `end`: a peer that sees the writing end closed may take it for a client that has gone away.
    const socket = connect(address, () => socket.write(bytes));
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(graceTimer);
      signal.removeEventListener('abort', abort);
      socket.destroy();
    };
    socket.on('data', (chunk) => {
      size += chunk.byteLength;
      if (size > longestAnswer) {
        settle();
        reject(new AttackError('bad-answer', `${place} answers with more than ${longestAnswer} bytes`));
        return;
      }
      chunks.push(chunk);
      if (isSwitch(requests.at(-1))) finishWhereWhole();
    });
    socket.on('close', finish);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The peer may close while a large body is still being sent; what it answered counts.
      if (!['EPIPE', 'ECONNRESET'].includes(error.code ?? ''))
        fail(`${place} cannot be spoken to (${error.code})`, error);
    });
    if (signal.aborted) brokenOff();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

export function encodeRequest(request: RawRequest, isLast: boolean): Buffer {
  const { method = 'POST', path, headers = [['Content-Type', 'application/json']], version = '1.1' } = request;
  const bytes = Buffer.from(request.body ?? '');
  const length = request.isChunked
    ? ['Transfer-Encoding: chunked']
    : headers.some(([name]) => name.toLowerCase() === 'content-length')
      ? []
      : [`Content-Length: ${bytes.byteLength}`];
  const lines = [
    `${method} ${path} HTTP/${version}`,
    'Host: docker',
    ...(isLast && !isSwitch(request) ? ['Connection: close'] : []),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...length,
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, request.isChunked ? inChunks(bytes) : bytes]);
}

function inChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let place = 0; place < bytes.byteLength; place += 60_000) {
    const part = bytes.subarray(place, place + 60_000);
    parts.push(Buffer.from(`${part.byteLength.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function isSwitch(request: RawRequest | undefined): boolean {
  return request?.headers?.some(([name]) => name.toLowerCase() === 'connection') === true;
}
