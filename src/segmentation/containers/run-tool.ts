import { spawn } from 'node:child_process';
import { SegmentationError } from '../segmentation-error.ts';

export interface ToolOptions {
  /** Milliseconds until it is ended. */
  readonly timeout?: number;
  /** Of standard output. */
  readonly maxBytes?: number;
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a tool of the machine and gives its standard output. */
export type RunTool = (command: string, args: readonly string[], options?: ToolOptions) => Promise<string>;

const maxComplaint = 4096;
/** How a message ends of a tool that failed without a complaint. */
export const silence = 'it does not say why';
const packages: Readonly<Record<string, string>> = { ip: 'iproute2', lsns: 'util-linux', nsenter: 'util-linux' };

/**
 * Without a shell, with a time-out and a bound. Rejects with SegmentationError `no-dataplane`: the tool is missing, failed
 * (with the first line that it complained with), took too long, or said too much.
 */
export const runTool: RunTool = (command, args, options = {}) => {
  const { timeout = 10_000, maxBytes = 64 * 2 ** 20, input, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      // The language of the machine must not change what is read.
      env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
      ...(signal ? { signal } : {}),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let complaint = '';
    const fail = (message: string, cause?: unknown): void => {
      const remedy = packages[command] === undefined ? undefined : `Install the package ${packages[command]}.`;
      const isMissing = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
      reject(new SegmentationError('no-dataplane', message, { cause, ...(isMissing && remedy ? { remedy } : {}) }));
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else child.kill('SIGKILL');
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < maxComplaint) complaint += text.slice(0, maxComplaint);
    });
    child.on('error', (cause) => fail(`${command} could not be run: ${cause.message}`, cause));
    child.on('close', (code, killedBy) => {
      if (size > maxBytes) fail(`${command} said more than ${maxBytes} bytes`);
      else if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else if (killedBy) fail(`${command} ended with ${killedBy}: it took longer than ${timeout} ms`);
      else fail(`${command} failed with status ${code}: ${firstLine(complaint)}`);
    });
    // Whoever ends without reading what it is given says so by its status.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
};

function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line === '' ? silence : line.slice(0, 300);
}
