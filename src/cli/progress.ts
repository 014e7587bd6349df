import { formatBytes } from '../base/index.ts';
import { type Output, printable } from './output.ts';

/** One line about long work on standard error: redrawn on a terminal, now and then a new line elsewhere. */
export interface Progress {
  /** How much is done, and of how much: bytes, unless it was created to count something else. */
  update(done: number, total?: number, note?: string): void;
  done(): void;
}

/** Says nothing for the first second, so that quick work stays quiet. */
export function createProgress(output: Output, what: string, format: (done: number) => string = formatBytes): Progress {
  const begun = performance.now();
  const every = output.isTerminal ? 100 : 5000;
  let last = begun + 1000 - every;
  let drawn = false;
  return {
    update(done, total, note) {
      const now = performance.now();
      if (now - last < every) return;
      last = now;
      const share = total ? ` of ${format(total)} (${Math.floor((100 * done) / total)} %)` : '';
      const line = `${printable(what)}: ${format(done)}${share}${note ? `, ${printable(note)}` : ''}`;
      if (output.isTerminal) process.stderr.write(`\r\u001b[2K${line}`);
      else output.err(line);
      drawn = output.isTerminal;
    },
    done() {
      if (drawn) process.stderr.write('\r\u001b[2K');
    },
  };
}
