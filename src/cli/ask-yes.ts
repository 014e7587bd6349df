import { createInterface } from 'node:readline/promises';
import type { Output } from './output.ts';

/** Whether a person at a terminal says yes; undefined where nobody is there to ask. An interrupt is a no. */
export async function askYes(output: Output, question: string, signal: AbortSignal): Promise<boolean | undefined> {
  if (!output.isTerminal || !process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal gives Ctrl-C to whoever reads lines, not to the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^(?:y|yes)$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
