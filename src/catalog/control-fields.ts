/** A paragraph of a control file, or a line that is neither a field nor the continuation of one. */
export interface ControlItem {
  /** Where it begins. */
  readonly line: number;
  /** By name in lower case; absent for a line that makes no sense. */
  readonly fields?: ReadonlyMap<string, string>;
}

/**
 * The paragraphs of a file in Debian's control syntax (deb822(5)). Only the first line of a field is kept, and only of
 * the fields asked for (in lower case); of a repeated field the first counts. Total: any text gives items, at most one
 * for each line.
 */
export function* parseControl(text: string, wanted: ReadonlySet<string>): Generator<ControlItem> {
  let fields = new Map<string, string>();
  let started = 0;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    line++;
    const first = text.charCodeAt(at);
    if (isBlank(text, at, end)) {
      if (started > 0) yield { line: started, fields };
      if (started > 0) [fields, started] = [new Map(), 0];
    } else if (first !== space && first !== tab && first !== hash) {
      if (started === 0) started = line;
      const colon = colonOf(text, at, end);
      if (colon < 0) yield { line };
      else {
        const name = text.slice(at, colon).toLowerCase();
        if (wanted.has(name) && !fields.has(name)) fields.set(name, text.slice(colon + 1, end).trim());
      }
    }
    at = end + 1;
  }
  if (started > 0) yield { line: started, fields };
}

const space = 32;
const tab = 9;
const hash = 35;
const carriageReturn = 13;

/** Field names are short; a colon that comes later belongs to no field, and a huge line is not searched for it. */
const longestName = 64;

function colonOf(text: string, at: number, end: number): number {
  const until = Math.min(end, at + longestName);
  for (let i = at; i < until; i++) {
    const code = text.charCodeAt(i);
    if (code === 58) return i > at ? i : -1;
    if (code <= space) return -1;
  }
  return -1;
}

function isBlank(text: string, at: number, end: number): boolean {
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code !== space && code !== tab && code !== carriageReturn) return false;
  }
  return true;
}
