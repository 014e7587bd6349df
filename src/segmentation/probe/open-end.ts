import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { asNumber, asObject, asString, BoundError, parseJson } from '../../base/index.ts';
import type { NetworkNamespace } from '../containers/network-namespaces.ts';
import type { ProbeAnswer, ProbeOrder } from './probe-wire.ts';

/** What is asked of an end, without the number that the wire puts on it. */
type Order<Kind extends ProbeOrder = ProbeOrder> = Kind extends ProbeOrder ? Omit<Kind, 'id'> : never;

/** A process of ours in the network namespace of a container. */
export interface ProbeEnd {
  /** Rejects never: an end that is gone says `failed`. */
  ask(order: Order): Promise<ProbeOutcome>;
  close(): Promise<void>;
}

export type ProbeOutcome = { readonly is: ProbeAnswer['is']; readonly why?: string };

const program = fileURLToPath(new URL(`./probe-end${extname(import.meta.url)}`, import.meta.url));
const maxComplaint = 2000;
const longestStart = 10_000;
/** Beyond the time that an order has itself. */
const patience = 5000;

/**
 * Starts an end in the namespace of a process, which must be that one still: the number of a process may be another's by now.
 * Gives why not where it cannot be started.
 */
export async function openEnd(
  pid: number,
  namespace: NetworkNamespace,
  signal: AbortSignal,
): Promise<ProbeEnd | { readonly reason: string }> {
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, process.execPath, program, `${namespace}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    // Nothing of the agent's, which may hold secrets.
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: '--max-old-space-size=32' },
  });
  const waiting = new Map<number, (outcome: ProbeOutcome) => void>();
  let complaint = '';
  let gone: string | undefined;
  let number = 0;
  const over = (why: string): void => {
    gone ??= why;
    for (const resolve of waiting.values()) resolve({ is: 'failed', why });
    waiting.clear();
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, maxComplaint);
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => over(`nsenter could not be run: ${error.message}`));
  child.on('close', (code, by) => over(complaint.trim().split('\n')[0] || `it ended with ${by ?? `status ${code}`}`));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = parseProbeAnswer(line);
    if (answer === undefined) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const abort = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', abort, { once: true });

  function wait(id: number, milliseconds: number): Promise<ProbeOutcome> {
    if (gone !== undefined) return Promise.resolve({ is: 'failed', why: gone });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        resolve({ is: 'failed', why: 'the end does not answer' });
      }, milliseconds);
      waiting.set(id, (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      });
    });
  }

  async function close(): Promise<void> {
    signal.removeEventListener('abort', abort);
    if (gone !== undefined) return;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.stdin.end();
    const last = setTimeout(() => child.kill('SIGKILL'), 1000);
    await ended;
    clearTimeout(last);
  }

  const begun = await wait(0, longestStart);
  if (begun.is !== 'done') {
    kill(child);
    return { reason: begun.why ?? 'it did not start' };
  }
  return {
    ask(order) {
      number++;
      const answer = wait(number, ('timeout' in order ? order.timeout : 0) + patience);
      child.stdin.write(`${JSON.stringify({ ...order, id: number })}\n`);
      return answer;
    },
    close,
  };
}

function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
}

/** A line of an end; undefined for whatever else. */
export function parseProbeAnswer(line: string): (ProbeOutcome & { readonly id: number }) | undefined {
  let object: ReturnType<typeof asObject>;
  try {
    object = line.length > 1000 ? undefined : asObject(parseJson(line, 'what an end said'));
  } catch (error) {
    if (error instanceof BoundError) return undefined;
    throw error;
  }
  const id = asNumber(object?.id);
  const is = kinds.find((kind) => kind === object?.is);
  const why = asString(object?.why);
  return id === undefined || is === undefined ? undefined : { id, is, ...(why === undefined ? {} : { why }) };
}

const kinds: readonly ProbeAnswer['is'][] = ['done', 'taken', 'passed', 'stopped', 'failed'];
