import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { SegmentationError } from '../segmentation-error.ts';
import { maxConntrackLine, parseConntrack, type TrackedConnection } from './parse-conntrack.ts';

export interface ReadConnectionsOptions {
  /** Default `conntrack`. */
  readonly program?: string;
  /** Read where the program is missing. Default `/proc/net/nf_conntrack`. */
  readonly file?: string;
  /** Milliseconds for the whole of it; default one minute. */
  readonly timeout?: number;
  /** Told of lines that are no connection of a protocol that rules speak of. */
  readonly onSkipped?: () => void;
}

const maxSaid = 500;

/**
 * All connections that the kernel tracks in this network namespace, of both versions of IP, one after the other: none but
 * the current one is held. Throws SegmentationError `no-dataplane` where it cannot be read to its end.
 */
export async function* readConnections(options: ReadConnectionsOptions = {}): AsyncGenerator<TrackedConnection> {
  const { program = 'conntrack', file = '/proc/net/nf_conntrack', timeout = 60_000 } = options;
  for (const family of ['ipv4', 'ipv6']) {
    const child = spawn(program, ['-L', '-o', 'extended', '-f', family], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    const ended = endOf(child);
    try {
      yield* connectionsIn(child.stdout, options);
      const { missing, why } = await ended;
      if (missing && family === 'ipv4') {
        yield* readFromFile(file, program, options);
        return;
      }
      if (why !== undefined) throw unreadable(`${program} -L: ${why}`);
    } finally {
      // Whoever stops before the end leaves no process behind.
      child.kill('SIGKILL');
    }
  }
}

async function* readFromFile(
  file: string,
  program: string,
  options: ReadConnectionsOptions,
): AsyncGenerator<TrackedConnection> {
  try {
    yield* connectionsIn(createReadStream(file), options);
  } catch (cause) {
    throw unreadable(`${program} is not installed, and ${file} cannot be read`, cause);
  }
}

/** Lines longer than any of the kernel's are passed over without being held. */
export async function* connectionsIn(
  stream: AsyncIterable<Uint8Array>,
  { onSkipped }: Pick<ReadConnectionsOptions, 'onSkipped'> = {},
): AsyncGenerator<TrackedConnection> {
  let rest = '';
  let overlong = false;
  for await (const chunk of stream) {
    const lines = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1').split('\n');
    lines[0] = rest + (lines[0] ?? '');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const connection = overlong ? undefined : parseConntrack(line);
      overlong = false;
      if (connection !== undefined) yield connection;
      else if (line !== '') onSkipped?.();
    }
    if (rest.length > maxConntrackLine) {
      overlong = true;
      rest = '';
    }
  }
  if (rest === '' && !overlong) return;
  const connection = overlong ? undefined : parseConntrack(rest);
  if (connection !== undefined) yield connection;
  else onSkipped?.();
}

function endOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<{ readonly missing: boolean; readonly why?: string }> {
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < maxSaid) said = `${said}${chunk.toString('utf8')}`.slice(0, maxSaid);
  });
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ missing: error.code === 'ENOENT', why: error.message });
    });
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve({ missing: false });
      else resolve({ missing: false, why: `it ended with ${code ?? killedBy}: ${said.trim()}` });
    });
  });
}

function unreadable(message: string, cause?: unknown): SegmentationError {
  return new SegmentationError('no-dataplane', `connections cannot be read: ${message}`, {
    ...(cause !== undefined && { cause }),
    remedy: 'Install conntrack (package conntrack or conntrack-tools); the agent needs CAP_NET_ADMIN.',
  });
}
