/** A value that is none of YAML's: what this parser does not read. */
const unread = Symbol('unread');

interface Line {
  readonly indent: number;
  /** Without indentation and what follows the last character that is no space. */
  readonly text: string;
}

const deepest = 60;
const indicator = /^(?:[[\]{}>|*&!%#@`,?:"']|- |-$)/;
const keyForm = /^([A-Za-z_][\w./-]*)[ ]*:(?: +|$)/;
const quotedKeyForm = /^"([A-Za-z_][\w./-]*)"[ ]*:(?: +|$)/;
const constant = /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/;
/** By the core schema (YAML 1.2.2 section 10.3.2), but for whole numbers in decimals. */
const number =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;

/**
 * One document of YAML as nearly all manifests are written: block maps and lists of plain and quoted words, literal blocks,
 * comments. Twenty times as fast as a parser of all of it, to which whoever gets undefined here turns: for anything else that
 * YAML has, and for what is none. What it gives is what that parser gives; test/fuzz holds the two against each other.
 */
export function parsePlainYaml(text: string): unknown {
  return parse(text);
}

/**
 * The line, from 1, of what a path names, or of the nearest above it that is there; undefined where the text is not read by
 * parsePlainYaml. It is parsed again: lines are asked of few documents.
 */
export function findPlainLine(text: string, path: readonly (string | number)[]): number | undefined {
  const lines: LinesOf = new Map();
  let at = parse(text, lines);
  if (at === undefined) return undefined;
  let line = 1 + text.split('\n').findIndex((raw) => !/^[ \r]*(?:#|$)/.test(raw));
  for (const step of path) {
    const found = lines.get(at)?.get(String(step));
    if (found === undefined) break;
    line = found;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return line;
}

/** By map or list, then name or index: the lines, from 1, on which they stand. */
type LinesOf = Map<unknown, Map<string, number>>;

function parse(text: string, lines?: LinesOf): unknown {
  // Tabs, lone carriage returns and letters beyond ASCII are seldom there, and easily read otherwise than meant.
  if (/[^\x20-\x7e\n\r]|\r(?!\n)/.test(text)) return undefined;
  const parser = new PlainYamlParser(text.split(/\r?\n/), lines);
  const value = parser.parse();
  return value === unread ? undefined : value;
}

class PlainYamlParser {
  private readonly raw: readonly string[];
  private readonly lines: LinesOf | undefined;
  /** Of the next line that counts. */
  private at = 0;
  private line: Line | undefined;

  constructor(raw: readonly string[], lines: LinesOf | undefined) {
    this.raw = raw;
    this.lines = lines;
    this.advance(0);
  }

  parse(): unknown {
    if (this.line === undefined || this.line.text.startsWith('- ') || this.line.text === '-') return unread;
    const value = this.map(this.line.indent, 0);
    return this.line === undefined ? value : unread;
  }

  private advance(from: number): void {
    for (this.at = from; this.at < this.raw.length; this.at++) {
      const raw = this.raw[this.at] ?? '';
      let indent = 0;
      while (raw.charCodeAt(indent) === 32) indent++;
      if (indent === raw.length || raw.charCodeAt(indent) === 35) continue;
      this.line = { indent, text: raw.slice(indent).trimEnd() };
      return;
    }
    this.line = undefined;
  }

  private note(collection: unknown, step: string): void {
    if (this.lines === undefined) return;
    const known = this.lines.get(collection) ?? new Map<string, number>();
    this.lines.set(collection, known.set(step, this.at + 1));
  }

  /** The lines from this one on that stand as far in, each a name and its value. */
  private map(indent: number, depth: number): unknown {
    if (depth > deepest) return unread;
    const map: Record<string, unknown> = {};
    for (let line = this.line; line !== undefined && line.indent >= indent; line = this.line) {
      if (line.indent > indent) return unread;
      const match = keyForm.exec(line.text) ?? quotedKeyForm.exec(line.text);
      const key = match?.[1];
      if (match === null || key === undefined || Object.hasOwn(map, key)) return unread;
      if (constant.test(key) || key === '__proto__') return unread;
      this.note(map, key);
      const value = this.value(line.text.slice(match[0].length), indent, depth, true);
      if (value === unread) return unread;
      map[key] = value;
    }
    return map;
  }

  private list(indent: number, depth: number): unknown {
    if (depth > deepest) return unread;
    const items: unknown[] = [];
    for (let line = this.line; line !== undefined && line.indent === indent; line = this.line) {
      if (line.text !== '-' && !line.text.startsWith('- ')) break;
      const rest = line.text.slice(1).trimStart();
      this.note(items, String(items.length));
      let value: unknown;
      if (keyForm.test(rest) || quotedKeyForm.test(rest)) {
        // The map begins on the line of its dash, as far in as its first name stands.
        const inner = line.indent + line.text.length - rest.length;
        this.line = { indent: inner, text: rest };
        value = this.map(inner, depth + 1);
      } else value = this.value(rest, indent, depth, false);
      if (value === unread) return unread;
      items.push(value);
    }
    return this.line !== undefined && this.line.indent > indent ? unread : items;
  }

  /** What follows a name or a dash on its line, or on the lines below. */
  private value(rest: string, indent: number, depth: number, isOfMap: boolean): unknown {
    if (rest === '' || rest.startsWith('#')) {
      this.advance(this.at + 1);
      const { line } = this;
      if (line === undefined || line.indent < indent) return null;
      const isItem = line.text === '-' || line.text.startsWith('- ');
      if (line.indent === indent) return isOfMap && isItem ? this.list(indent, depth + 1) : null;
      return isItem ? this.list(line.indent, depth + 1) : this.map(line.indent, depth + 1);
    }
    if (rest === '|' || rest === '|-') return this.literal(indent, rest === '|');
    const value = scalar(rest);
    this.advance(this.at + 1);
    // A word goes on where the next line stands further in.
    return this.line !== undefined && this.line.indent > indent ? unread : value;
  }

  /** A block that is text as it stands, up to the next line that is no further in than its name. */
  private literal(indent: number, keepsEnd: boolean): unknown {
    const lines: string[] = [];
    let inner = 0;
    let at = this.at + 1;
    for (; at < this.raw.length; at++) {
      const raw = this.raw[at] ?? '';
      const stands = raw.length - raw.trimStart().length;
      if (stands === raw.length) {
        // Spaces alone may be text, or none.
        if (stands > 0) return unread;
        lines.push('');
        continue;
      }
      if (inner === 0) inner = stands;
      if (stands < inner) {
        if (stands > indent || inner <= indent) return unread;
        break;
      }
      lines.push(raw.slice(inner));
    }
    if (inner <= indent) return unread;
    while (lines.at(-1) === '') lines.pop();
    this.advance(at);
    return lines.join('\n') + (keepsEnd ? '\n' : '');
  }
}

function scalar(written: string): unknown {
  if (written.startsWith('"')) {
    const match = /^("(?:[^"\\]|\\["\\/nt])*")(?: +#.*)?$/.exec(written);
    return match?.[1] === undefined ? unread : (JSON.parse(match[1]) as unknown);
  }
  if (written.startsWith("'")) {
    const match = /^'((?:[^']|'')*)'(?: +#.*)?$/.exec(written);
    return match?.[1] === undefined ? unread : match[1].replaceAll("''", "'");
  }
  const comment = written.indexOf(' #');
  const word = comment < 0 ? written : written.slice(0, comment).trimEnd();
  if (word === '{}') return {};
  if (word === '[]') return [];
  if (indicator.test(word) || word.includes(': ') || word.endsWith(':')) return unread;
  if (constant.test(word)) return /^[~nN]/.test(word) ? null : /^[tT]/.test(word);
  if (/^[0-9]{1,15}$/.test(word)) return Number(word);
  return number.test(word) ? unread : word;
}
