import { formatBytes } from '../base/index.ts';
import { type Output, printable } from './output.ts';

/** One line about long work on standard error: redrawn on a terminal, now and then a new line elsewhere. */
export interface Progress {
  update(bytes: number, totalBytes?: number, note?: string): void;
  done(): void;
}

/** Says nothing for the first second, so that quick work stays quiet. */
export function createProgress(output: Output, what: string): Progress {
  const begun = performance.now();
  const every = output.isTerminal ? 100 : 5000;
  let last = begun + 1000 - every;
  let drawn = false;
  return {
    update(bytes, totalBytes, note) {
      const now = performance.now();
      if (now - last < every) return;
      last = now;
      const share = totalBytes ? ` of ${formatBytes(totalBytes)} (${Math.floor((100 * bytes) / totalBytes)} %)` : '';
      const line = `${printable(what)}: ${formatBytes(bytes)}${share}${note ? `, ${note}` : ''}`;
      if (output.isTerminal) process.stderr.write(`\r\u001b[2K${line}`);
      else output.err(line);
      drawn = output.isTerminal;
    },
    done() {
      if (drawn) process.stderr.write('\r\u001b[2K');
    },
  };
}
