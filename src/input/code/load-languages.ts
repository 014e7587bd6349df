import { codeLines } from './code-lines.ts';
import { javascript } from './languages/javascript.ts';
import type { Language } from './languages/language.ts';
import { php } from './languages/php.ts';
import { powershell } from './languages/powershell.ts';
import { python } from './languages/python.ts';
import { ruby } from './languages/ruby.ts';
import { loadParsers, type ParseText, type Patience, type ReadGrammar } from './parsers.ts';
import { compilePatterns } from './patterns.ts';
import type { Syntax } from './syntax.ts';

/**
 * The language in which a text, or a part of it, is code that does something; undefined where it is none. With `acting`: only of
 * that language, and only what starts programs, connects, decodes or evaluates. Total, and linear in the text; where patience runs
 * out, what is left of the text is not parsed.
 */
export type FindLanguage = (text: string, patience: Patience, acting?: string) => string | undefined;

const languages: readonly Language[] = [python, javascript, php, powershell, ruby];

/** Longer texts are parsed in pieces. */
const longestPiece = 4096;
const mostPieces = 16;
/** Some grammars take the square of the depth; what is nested so deeply is no line that people write. */
const deepest = 60;
/** Askings of a parser for one text. */
const mostOfLanguage = 160;

interface Reader {
  readonly language: Language;
  readonly parse: ParseText;
  readonly find: ReturnType<typeof compilePatterns>;
  readonly findActing: ReturnType<typeof compilePatterns>;
}

/** Makes what finds code by parsing. Done once for a process: takes 60 to 150 ms, and 20 to 50 MB once all have parsed. */
export async function loadLanguages(read: ReadGrammar): Promise<FindLanguage> {
  const load = await loadParsers(read);
  const readers: Reader[] = [];
  for (const language of languages) {
    const parse = await load(language.grammar, new Set(language.thin));
    const [find, findActing] = [compilePatterns(language.query), compilePatterns(language.acts)];
    readers.push({ language, parse, find, findActing });
  }
  return (text, patience, acting) => findLanguage(text, readers, patience, acting);
}

function findLanguage(
  text: string,
  readers: readonly Reader[],
  patience: Patience,
  acting: string | undefined,
): string | undefined {
  if (isData(text)) return undefined;
  const own = new Map<Reader, Patience>(readers.map((reader) => [reader, { left: mostOfLanguage }]));
  for (const lines of piecesOf(text)) {
    const piece = codeLines(lines);
    if (depthOf(piece) > deepest) continue;
    for (const reader of readers) {
      const { name, hint } = reader.language;
      if (acting === undefined ? !hint.test(piece) : acting !== name) continue;
      const share = own.get(reader) ?? { left: 0 };
      const given = Math.min(share.left, patience.left);
      if (given <= 0) continue;
      const spent = { left: given };
      const isFound = isCode(piece, reader, acting !== undefined, spent);
      share.left -= given - spent.left;
      patience.left -= given - spent.left;
      if (isFound) return name;
    }
  }
  return undefined;
}

function isCode(
  text: string,
  { language, parse, find, findActing }: Reader,
  isActing: boolean,
  patience: Patience,
): boolean {
  const whole = language.prepare?.(text) ?? text;
  const root = parse(whole, patience);
  // What makes a grammar fail was made to.
  if (typeof root === 'string') return root === 'fault';
  // What an interpreter is started on is code, however much of it the grammar could read.
  if (isActing) return findActing(root, whole) === 'code';
  return unread(root) * 6 <= text.length && find(root, whole) === 'code';
}

/** How many characters the grammar found no place for. */
function unread(root: Syntax): number {
  let count = 0;
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!node.hasError) continue;
    if (node.type === 'ERROR') count += node.end - node.start;
    else open.push(...node.children);
  }
  return count;
}

/** JSON and markup are looked into by what they hold; PHP between markup has its sign. */
function isData(text: string): boolean {
  if (/^\s*<[!?\w]/.test(text)) return true;
  if (!/^\s*[[{][^]*[\]}]\s*$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // No JSON.
    return false;
  }
}

/** Pieces of whole lines, where lines are short enough. */
function* piecesOf(text: string): Generator<string> {
  let start = 0;
  for (let count = 0; start < text.length && count < mostPieces; count++) {
    let end = Math.min(text.length, start + longestPiece);
    if (end < text.length) {
      const line = text.lastIndexOf('\n', end);
      if (line > start) end = line + 1;
    }
    yield text.slice(start, end);
    start = end;
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deep = 0;
  for (const char of text) {
    if ('([{'.includes(char)) deep = Math.max(deep, ++depth);
    else if (')]}'.includes(char)) depth--;
  }
  return deep;
}
