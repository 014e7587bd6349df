import { connect } from 'node:net';
import { createFrameReader, createFrameWriter } from '../call-frames.ts';
import type { DockerReply } from '../docker-gate.ts';

/**
 * Why there is no answer. `away`: nobody listens; `reset`: whoever listened went away meanwhile; `hung`: the time is over.
 */
export type LineFailure = 'away' | 'reset' | 'hung';

/** A connection to the agent, for any number of calls at once. */
export interface Line {
  /** False once it is broken, or a call on it was given up: the next takes a new one. */
  isGood(): boolean;
  /** Never rejects. `begun`: when dockerd asked, by performance.now(). */
  ask(call: Uint8Array, begun: number): Promise<DockerReply | LineFailure>;
}

interface Asked {
  readonly begun: number;
  answer(reply: DockerReply | LineFailure): void;
}

const longestAnswer = 64 * 1024;

/** `endOf` says when a call that was begun at a time is given up; it may be later when it is asked again. */
export function openLine(backend: string, endOf: (begun: number) => number): Line {
  const waiting = new Map<number, Asked>();
  let isGood = true;
  let failure: LineFailure = 'away';
  let last = 0;
  let timer: NodeJS.Timeout | undefined;
  const socket = connect(backend);
  const read = createFrameReader(longestAnswer);
  const write = createFrameWriter(socket);

  function settle(number: number, reply: DockerReply | LineFailure): void {
    // Of one that was given up nobody waits for the answer.
    waiting.get(number)?.answer(reply);
    waiting.delete(number);
    if (!isGood && waiting.size === 0) socket.destroy();
  }

  /** One timer for all. */
  function check(): void {
    timer = undefined;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [number, { begun }] of waiting) {
      const left = endOf(begun) - now;
      if (left > 1) next = Math.min(next, left);
      else {
        isGood = false;
        settle(number, 'hung');
      }
    }
    if (next !== Number.POSITIVE_INFINITY) timer = setTimeout(check, next);
  }

  socket.on('connect', () => {
    failure = 'reset';
  });
  socket.on('data', (piece: Buffer) => {
    try {
      for (const { number, bytes } of read(piece)) settle(number, readReply(bytes));
    } catch {
      // What is no answer of our agent has said nothing; `close` tells who waits.
      socket.destroy();
    }
  });
  // Behind it comes `close`.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isGood = false;
    clearTimeout(timer);
    for (const number of [...waiting.keys()]) settle(number, failure);
  });
  return {
    isGood: () => isGood,
    ask: (call, begun) =>
      new Promise((resolve) => {
        last = (last + 1) >>> 0;
        waiting.set(last, { begun, answer: resolve });
        write({ number: last, bytes: call });
        timer ??= setTimeout(check, endOf(begun) - performance.now());
      }),
  };
}

/** Nothing but `true` is taken for leave. */
function readReply(bytes: Uint8Array): DockerReply {
  const reply = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as {
    readonly Allow?: unknown;
    readonly Msg?: unknown;
  } | null;
  if (reply?.Allow === true) return { Allow: true };
  return { Allow: false, Msg: typeof reply?.Msg === 'string' ? reply.Msg : 'the agent gave no reason' };
}
