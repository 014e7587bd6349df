import { LaunchError } from './launch-error.ts';

/** A word of a line for a shell, its quotes taken away, and what the shell would put in left as it is written. */
export interface ShellWord {
  readonly kind: 'word';
  /** As written: `$PWD/data`, `${A:-b}`, `$(date)`. */
  readonly text: string;
  /** The same with short forms that have no punctuation in them: `$PWD/data`, `${A}`, `$(…)`. */
  readonly plain: string;
  /** What the shell or a reader would put in: the name of a variable, a command in `$()`, what stands in `<>`. */
  readonly expansions: readonly string[];
}

/** What ends a command or goes around it: `|`, `&&`, `;`, `>`, the end of a line. */
export interface ShellOperator {
  readonly kind: 'operator';
  readonly text: string;
  /** Where it stands in the line. */
  readonly offset: number;
}

export type ShellToken = ShellWord | ShellOperator;

export const shellLimits = { characters: 1024 * 1024, words: 20_000 };

/**
 * Splits a line as a POSIX shell does (POSIX.1-2024, Shell Command Language, 2.2 and 2.3), comments taken away; nothing is
 * expanded. Throws LaunchError for a quote or bracket that does not end, and for what is over a bound.
 */
export function splitShellWords(line: string, path: string): readonly ShellToken[] {
  if (line.length > shellLimits.characters)
    throw new LaunchError('launch-limit', path, `it is longer than ${shellLimits.characters} characters`);
  return new ShellSplitter(line, path).split();
}

const operators = /&&|\|\||;;|<<<|<<-?|>>|>\||<>|[<>]&|&>>?|[|&;<>()\n]/y;
/** What a page of instructions leaves to its reader, as in `-v <your path>:/data`; as a redirection it would mean nothing. */
const placeholder = /<([A-Za-z][\w./ -]{0,60})>/y;
const variable = /\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/y;
const ansiEscapes: ReadonlyMap<string, string> = new Map(
  Object.entries({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', f: '\f', v: '\v' }),
);

class ShellSplitter {
  private readonly line: string;
  private readonly path: string;
  private place = 0;
  private text = '';
  private plain = '';
  private started = false;
  private expansions: string[] = [];
  private readonly tokens: ShellToken[] = [];

  constructor(line: string, path: string) {
    this.line = line;
    this.path = path;
  }

  split(): readonly ShellToken[] {
    const { line } = this;
    while (this.place < line.length) {
      const character = line[this.place] ?? '';
      if (character === ' ' || character === '\t' || character === '\r') {
        this.endWord();
        this.place++;
      } else if (character === '#' && !this.started) this.skipComment();
      else if (!this.readOperator()) this.readPart(character, false);
    }
    this.endWord();
    return this.tokens;
  }

  private refuse(message: string): never {
    throw new LaunchError('bad-launch', this.path, `${message} (from character ${this.place + 1})`);
  }

  private endWord(): void {
    if (this.started) {
      const { text, plain, expansions } = this;
      this.push({ kind: 'word', text, plain, expansions });
    }
    this.started = false;
    this.text = '';
    this.plain = '';
    this.expansions = [];
  }

  private push(token: ShellToken): void {
    this.tokens.push(token);
    if (this.tokens.length > shellLimits.words)
      throw new LaunchError('launch-limit', this.path, `there are more than ${shellLimits.words} words`);
  }

  private skipComment(): void {
    const end = this.line.indexOf('\n', this.place);
    this.place = end < 0 ? this.line.length : end;
  }

  private readPlaceholder(): boolean {
    placeholder.lastIndex = this.place;
    const [text, name = ''] = placeholder.exec(this.line) ?? [];
    if (text === undefined) return false;
    this.place += text.length;
    this.add(text);
    this.expansions.push(name);
    return true;
  }

  private readOperator(): boolean {
    if (this.readPlaceholder()) return true;
    operators.lastIndex = this.place;
    const [text] = operators.exec(this.line) ?? [];
    if (text === undefined) return false;
    // Digits right before a redirection say which stream.
    const stream = /^[<>]/.test(text) && /^\d+$/.test(this.text) && this.expansions.length === 0;
    if (stream) this.started = false;
    this.endWord();
    this.push({ kind: 'operator', text, offset: this.place });
    this.place += text.length;
    return true;
  }

  private add(text: string, plain = text): void {
    this.started = true;
    this.text += text;
    this.plain += plain;
  }

  /** One character, quotation or expansion. */
  private readPart(character: string, quoted: boolean): void {
    if (character === '\\') this.readBackslash(quoted);
    else if (character === '$' || character === '`') this.readExpansion(quoted);
    else if (quoted) this.addRun(/[^\\$`"]+/y);
    else if (character === "'") this.readSingleQuotes();
    else if (character === '"') this.readDoubleQuotes();
    else this.addRun(/[^\\$`"'\s|&;<>()]+|[\s\S]/y);
  }

  private addRun(pattern: RegExp): void {
    pattern.lastIndex = this.place;
    const [run = ''] = pattern.exec(this.line) ?? [];
    this.place += run.length;
    this.add(run);
  }

  private readBackslash(quoted: boolean): void {
    const next = this.line[this.place + 1];
    this.place += next === undefined ? 1 : 2;
    // At the end of a line it joins the next one, and begins no word.
    if (next === '\n') return;
    if (next === '\r' && this.line[this.place] === '\n') {
      this.place++;
      return;
    }
    this.add(quoted && next !== undefined && !'$`"\\'.includes(next) ? `\\${next}` : (next ?? '\\'));
  }

  private readSingleQuotes(): void {
    const end = this.line.indexOf("'", this.place + 1);
    if (end < 0) this.refuse('a single quote does not end');
    this.add(this.line.slice(this.place + 1, end));
    this.place = end + 1;
  }

  private readDoubleQuotes(): void {
    const start = this.place++;
    this.add('');
    for (;;) {
      const character = this.line[this.place];
      if (character === undefined) {
        this.place = start;
        return this.refuse('a double quote does not end');
      }
      if (character === '"') break;
      this.readPart(character, true);
    }
    this.place++;
  }

  private readExpansion(quoted: boolean): void {
    const { line, place } = this;
    const next = line[place + 1];
    if (line[place] === '`') return this.expand(endOfBackticks(line, place), (text) => text.slice(1, -1), '$(…)');
    if (next === '(') return this.expand(endOfBrackets(line, place + 1), (text) => text.slice(2, -1), '$(…)');
    if (next === '{') {
      const end = endOfBrackets(line, place + 1);
      const [, name = ''] =
        /^\$\{[#!]?([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]+)?/.exec(line.slice(place, place + 300)) ?? [];
      return this.expand(end, () => name, `\${${name}}`);
    }
    if (!quoted && next === "'") return this.readAnsiQuotes();
    if (!quoted && next === '"') {
      this.place++;
      return this.readDoubleQuotes();
    }
    variable.lastIndex = place;
    const [found] = variable.exec(line) ?? [];
    if (found !== undefined) return this.expand(place + found.length, (text) => text.slice(1), found);
    this.place++;
    this.add('$');
  }

  private expand(end: number | undefined, nameOf: (text: string) => string, plain: string): void {
    if (end === undefined) return this.refuse('what the shell would put in does not end');
    const text = this.line.slice(this.place, end);
    this.place = end;
    this.add(text, plain);
    this.expansions.push(nameOf(text));
  }

  /** `$'…'` of bash and POSIX.1-2024. */
  private readAnsiQuotes(): void {
    const pattern = /\$'((?:[^'\\]|\\[\s\S])*)'/y;
    pattern.lastIndex = this.place;
    const [whole, inner = ''] = pattern.exec(this.line) ?? this.refuse('a single quote does not end');
    this.place += whole.length;
    this.add(
      inner.replace(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))/g, (_all, hex, octal, letter: string) => {
        if (letter !== undefined) return ansiEscapes.get(letter) ?? letter;
        return String.fromCharCode(hex === undefined ? Number.parseInt(octal, 8) & 255 : Number.parseInt(hex, 16));
      }),
    );
  }
}

function endOfBackticks(line: string, start: number): number | undefined {
  for (let place = start + 1; place < line.length; place++) {
    if (line[place] === '\\') place++;
    else if (line[place] === '`') return place + 1;
  }
  return undefined;
}

/** Behind the bracket that closes the one at `start`; quotes and further brackets nest. */
function endOfBrackets(line: string, start: number): number | undefined {
  const open: string[] = [line[start] === '(' ? ')' : '}'];
  for (let place = start + 1; place < line.length; place++) {
    const character = line[place] ?? '';
    const closes = open.at(-1);
    const next = line[place + 1];
    if (character === closes) {
      open.pop();
      if (open.length === 0) return place + 1;
    } else if (closes === "'") continue;
    else if (character === '\\') place++;
    else if (character === '$' && (next === '(' || next === '{')) {
      open.push(next === '(' ? ')' : '}');
      place++;
    } else if (character === '"' || (character === "'" && closes !== '"')) open.push(character);
    else if (character === '(' && closes === ')') open.push(')');
  }
  return undefined;
}
