/** One paragraph of a control file: the wanted fields, in lower case, and the line that it begins on. */
export interface ControlParagraph {
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
  /** Lines that are neither a field nor the continuation of one. */
  readonly malformedLines: readonly number[];
}

/**
 * The paragraphs of a file in Debian's control syntax (deb822(5)). Only the first line of a field is kept, and only of
 * the fields asked for (in lower case); of a repeated field the first counts. Total: any text gives paragraphs.
 */
export function* parseControl(text: string, wanted: ReadonlySet<string>): Generator<ControlParagraph> {
  let fields = new Map<string, string>();
  let malformedLines: number[] = [];
  let started = 0;
  let line = 0;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    line++;
    const first = text.charCodeAt(at);
    if (isBlank(text, at, end)) {
      if (started > 0) yield { line: started, fields, malformedLines };
      if (started > 0) [fields, malformedLines, started] = [new Map(), [], 0];
    } else if (first !== space && first !== tab && first !== hash) {
      if (started === 0) started = line;
      const colon = colonOf(text, at, end);
      if (colon < 0) malformedLines.push(line);
      else {
        const name = text.slice(at, colon).toLowerCase();
        if (wanted.has(name) && !fields.has(name)) fields.set(name, text.slice(colon + 1, end).trim());
      }
    }
    at = end + 1;
  }
  if (started > 0) yield { line: started, fields, malformedLines };
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
