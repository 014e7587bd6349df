import { spawn } from 'node:child_process';
import { messageOf, parseJson } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';

export interface ToolResult {
  /** Of the process; what the kernel says made a change. */
  readonly pid: number;
  readonly status: number;
  readonly output: string;
  /** The first lines of what it said of errors. */
  readonly complaint: string;
}

/** Runs a program with these arguments, without a shell and without input. */
export type RunTool = (
  command: string,
  args: readonly string[],
  started?: (pid: number) => void,
) => Promise<ToolResult>;

const longestOutput = 256 * 1024 * 1024;
const longestComplaint = 4096;
const patience = 60_000;

/** Throws SegmentationError `no-dataplane` where it cannot be started, does not end, or says too much. */
export const runTool: RunTool = (command, args, started) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: patience, killSignal: 'SIGKILL' });
    const { pid } = child;
    if (pid !== undefined) started?.(pid);
    const chunks: Buffer[] = [];
    let size = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > longestOutput) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (complaint.length < longestComplaint) complaint = (complaint + text).slice(0, longestComplaint);
    });
    child.on('error', (cause) => reject(new SegmentationError('no-dataplane', `${command} does not start`, { cause })));
    child.on('close', (status) => {
      if (pid === undefined) return;
      if (status === null) reject(new SegmentationError('no-dataplane', `${command} did not end, or said too much`));
      else resolve({ pid, status, output: Buffer.concat(chunks).toString('utf8'), complaint: complaint.trim() });
    });
  });

/** In a network namespace of this name (ip-netns(8)); a process keeps its ID. */
export function withinNamespace(run: RunTool, namespace: string): RunTool {
  return (command, args, started) => run('ip', ['netns', 'exec', namespace, command, ...args], started);
}

/** What a tool wrote as JSON. Throws SegmentationError `bad-rules` where it is none. */
export function jsonOf(output: string, tool: string): unknown {
  try {
    return parseJson(output, `the answer of ${tool}`);
  } catch (cause) {
    throw new SegmentationError('bad-rules', messageOf(cause), { cause });
  }
}
