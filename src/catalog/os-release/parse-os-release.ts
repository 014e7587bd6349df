/**
 * The assignments of an os-release file (os-release(5)): shell syntax without expansion. A line that is no assignment
 * is skipped, and of a repeated name the last counts, as in a shell. Total.
 */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.slice(0, longest).split('\n')) {
    const match = /^\s*([A-Z][A-Z0-9_]{0,63})=(.*)$/.exec(line.replace(/\r$/, ''));
    if (match) values.set(match[1] as string, unquote((match[2] as string).trim()));
  }
  return values;
}

const longest = 64 * 1024;

function unquote(raw: string): string {
  const quote = raw[0];
  if (quote === "'") return raw.slice(1, endOr(raw.indexOf("'", 1), raw));
  if (quote === '"') {
    let end = 1;
    while (end < raw.length && raw[end] !== '"') end += raw[end] === '\\' ? 2 : 1;
    return raw.slice(1, end).replace(/\\([$"\\`])/g, '$1');
  }
  return raw.replace(/\s.*$/, '').replace(/\\(.)/g, '$1');
}

function endOr(index: number, raw: string): number {
  return index < 0 ? raw.length : index;
}
