export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The place that a refusal names at its beginning, `FILE:LINE:COLUMN: `, both counted from 1. */
export function placeIn(message: string, file: string): TextPlace | undefined {
  if (!message.startsWith(`${file}:`)) return undefined;
  const [, line, column] = /^(\d{1,7}):(\d{1,7}): /.exec(message.slice(file.length + 1)) ?? [];
  return line === undefined || column === undefined ? undefined : { line: Number(line), column: Number(column) };
}

/** Where in the text that is, within its bounds. */
export function offsetOf(text: string, { line, column }: TextPlace): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + column - 1, end < 0 ? text.length : end);
}
