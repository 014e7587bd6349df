import { CodedError, messageOf } from '../base/index.ts';

/** Where a verb writes: results on `out`, everything about the work on `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  readonly isTerminal: boolean;
}

export const processOutput: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text.split('\n').map(printable).join('\n')}\n`),
  isTerminal: process.stderr.isTTY === true,
};

export function printJson(output: Output, value: unknown): void {
  output.out(JSON.stringify(value, null, 2));
}

/** Rows under their headings; nothing from outside may move the cursor of the terminal that shows it. */
export async function printTable(
  output: Output,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  const { default: Table } = await import('cli-table3');
  const border = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '', left: '', right: '', middle: '  ' };
  const edges = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const table = new Table({
    head: [...head],
    chars: { ...border, ...edges, 'bottom-left': '', 'bottom-right': '' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) table.push(row.map((cell) => printable(String(cell))));
  output.out(
    table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n'),
  );
}

/** Text from images and engines with control characters, and what turns the direction of text, made visible. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** An error as a person wants it: what is wrong, and what to do. */
export function printError(output: Output, error: unknown): void {
  output.err(`portwarden: ${printable(messageOf(error))}`);
  if (error instanceof CodedError && error.remedy) output.err(`  ${printable(error.remedy)}`);
}

/** Days for a person: `3 days`, `14 months`, `2.5 years`. */
export function formatAge(days: number | null): string {
  if (days === null) return 'unknown';
  if (days < 1) return 'today';
  if (days < 60) return `${Math.round(days)} day${Math.round(days) === 1 ? '' : 's'}`;
  if (days < 730) return `${Math.round(days / 30.4)} months`;
  return `${(days / 365.25).toFixed(1)} years`;
}
