import { type CommandWord, commandsLike, commandWord, isWindowsWord } from './command-words.ts';

/** The first word of a command as a shell would read it. */
export interface CommandHead {
  /** Without path, quotes and what expands to nothing; lower case. */
  readonly name: string;
  readonly word: CommandWord | undefined;
  /** It was written so that it does not look like what it is: `c""at`, `\ls`, `c$@at`, `/b?n/c?t`. */
  readonly hidden: boolean;
  /** A path stood before it. */
  readonly path: boolean;
  /** It is in quotes. */
  readonly quoted: boolean;
  /** It begins with a variable: what is run is known at start only. */
  readonly variable: boolean;
  /** Where it ends in the text. */
  readonly end: number;
}

const longest = 160;
const wordEnd = /[\s;|&<>)"'`]|$/y;

/** The word that begins at an index. Quotes within it belong to it, as do expansions; takes at most 160 characters. */
export function readHead(text: string, from: number): CommandHead | undefined {
  let at = from;
  let raw = '';
  let depth = 0;
  let quote = '';
  const quoted = text[at] === "'" || text[at] === '"';
  const limit = Math.min(text.length, from + longest);
  for (; at < limit; at++) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (/\s/.test(char)) break;
    } else if (char === "'" || char === '"') {
      // An odd quote at the end of a word is its own.
      if (raw !== '' && text.indexOf(char, at + 1) === -1 && ends(text, at + 1)) break;
      quote = char;
    } else if (char === '\\') {
      // The end of a line, written out as lists of attacks and JSON within JSON have it.
      if (
        raw !== '' &&
        /^\\[nrt](?:$|[\\\s;|&"'`])/.test(text.slice(at, at + 3)) &&
        commandWord(lastOf(raw)) !== undefined
      )
        break;
      raw += char;
      at++;
      if (at >= limit) break;
    } else if (depth > 0 ? char === ')' || char === '}' : false) depth--;
    else if (char === '$' && (text[at + 1] === '(' || text[at + 1] === '{')) {
      raw += char;
      at++;
      depth++;
    } else if (depth === 0 && (/[\s\0;|&<>()`]/.test(char) || (raw !== '' && /^\/\/\s*$/.test(text.slice(at, at + 3)))))
      break;
    raw += text[at] ?? '';
  }
  if (raw === '') return undefined;
  return headOf(raw, at, quoted);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function ends(text: string, at: number): boolean {
  wordEnd.lastIndex = at;
  return wordEnd.test(text);
}

function headOf(raw: string, end: number, quoted: boolean): CommandHead | undefined {
  const variable = /^["']?\$[\w{]/.test(raw);
  const windows = /^["'^]*[A-Za-z]:\\|^\\\\/.test(raw);
  const bare = windows ? raw.replace(/["'^]/g, '') : plainWord(raw);
  // Switches of Windows need no blank: `bcdboot/r`.
  const switched = /^([a-z]\w{1,20}(?:\.exe)?)\/[a-z?]{1,2}$/i.exec(bare)?.[1];
  if (switched !== undefined && isWindowsWord(switched))
    return headOf(switched, end - (raw.length - switched.length), quoted);
  const at = Math.max(bare.lastIndexOf('/'), windows ? bare.lastIndexOf('\\') : -1);
  const name = bare.slice(at + 1).toLowerCase();
  const outside = raw.replace(/^(["'])(.*)\1$/s, '$2').replace(/^["']/, '');
  const uncareted = name.replaceAll('^', '');
  const known = commandWord(uncareted);
  // `who^ami`: carets are for cmd.exe what backslashes are for a shell; a caret before all of it begins a pattern.
  const careted = known !== undefined && /\w\^\w/.test(name);
  const hidden = careted || (!windows && bare !== outside && !/^\$[\w{]*$/.test(bare));
  if (
    known === undefined &&
    /[[?*]/.test(name) &&
    /[a-z?*]/.test(name.replace(/\[[^\]]*\]/g, '')) &&
    // A range that is repeated is of a regular expression: `[a-z-][0-9a-z]*`, `[a-z]+`.
    !/\[[^\]]*\w-\w[^\]]*\][*+]/.test(name) &&
    !/[^\w?*[\]!^.+-]/.test(name)
  ) {
    const meant = commandsLike(globPattern(name));
    if (meant !== undefined && /\[/.test(name))
      return { name: meant, word: commandWord(meant), hidden: true, path: at >= 0, quoted, variable: false, end };
  }
  if (!/^[\w.+^-]{1,40}$/.test(name)) return variable ? unknown(end, quoted) : undefined;
  return { name: uncareted, word: known, hidden, path: at >= 0, quoted, variable, end };
}

function unknown(end: number, quoted: boolean): CommandHead {
  return { name: '', word: undefined, hidden: false, path: false, quoted, variable: true, end };
}

/** Takes away quotes, backslashes, and expansions that are empty where nothing set them. */
export function plainWord(raw: string): string {
  return raw
    .replace(/\$'((?:[^'\\]|\\.)*)'/g, (_, inner: string) => ansiText(inner))
    .replace(/\$\{[^{}]*\}|\$\(\([^()]*\)\)/g, (whole, offset: number) =>
      offset === 0 && whole.length === raw.length ? whole : '',
    )
    .replace(/(?<=[^$])\$(?:\w{1,3}$|[a-zA-Z](?=\W)|\(\s*\))/g, '')
    .replace(/(?<=.)\$[@*#?$!_-]|\$[@*](?=.)|(?<=.)\$\d/g, '')
    .replace(/\\(.)/gs, '$1')
    .replace(/["']/g, '');
}

/** What stands in `$'…'`. */
export function ansiText(inner: string): string {
  return inner.replace(
    /\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|([0-7]{1,3})|(.))/gis,
    (_, hex, unicode, octal, other) =>
      hex !== undefined || unicode !== undefined
        ? String.fromCharCode(Number.parseInt(hex ?? unicode, 16))
        : octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8))
          : String(other),
  );
}

/** A pattern of the shell, of at most 160 characters, as an expression that matches whole words without backtracking. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(
    /\[(!|\^)?([^\]]*)\]|[\s\S]/g,
    (part, not: string | undefined, inside: string | undefined) => {
      if (part === '?') return '[^/]';
      if (part === '*') return '[^/]*';
      if (inside === undefined || inside === '') return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      return `[${not === undefined ? '' : '^'}${inside.replace(/[\\^\]]/g, '\\$&').replace(/(?<=^|[^\w])-|-(?=[^\w]|$)/g, '\\-')}]`;
    },
  );
  try {
    return new RegExp(`^${source}$`, 'i');
  } catch {
    // A range that runs backwards matches nothing in a shell either.
    return /^[^\s\S]/;
  }
}
