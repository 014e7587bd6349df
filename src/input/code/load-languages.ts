import { setFlagsFromString } from 'node:v8';
import type { Parser } from '@vscode/tree-sitter-wasm';
import { lazyLibrary } from '../../base/index.ts';
import { codeLines } from './code-lines.ts';
import { javascript } from './languages/javascript.ts';
import type { Language } from './languages/language.ts';
import { php } from './languages/php.ts';
import { powershell } from './languages/powershell.ts';
import { python } from './languages/python.ts';
import { ruby } from './languages/ruby.ts';
import { compilePatterns } from './patterns.ts';
import { readSyntax, type Syntax } from './syntax.ts';

/**
 * The language in which a text, or a part of it, is code that does something; undefined where it is none. With `acting`: only of
 * that language, and only what starts programs, connects, decodes or evaluates. Total, and linear in the text.
 */
export type FindLanguage = (text: string, acting?: string) => string | undefined;

/** Gives the bytes of a file of WebAssembly by its name: `tree-sitter`, `tree-sitter-python`. */
export type ReadGrammar = (name: string) => Promise<Uint8Array>;

const treeSitter = lazyLibrary<typeof import('@vscode/tree-sitter-wasm')>('@vscode/tree-sitter-wasm');

const languages: readonly Language[] = [python, javascript, php, powershell, ruby];

/** Longer texts are parsed in pieces. */
const longestPiece = 4096;
const mostPieces = 16;
/** Some grammars take the square of the depth; what is nested so deeply is no line that people write. */
const deepest = 60;

interface Reader {
  readonly language: Language;
  readonly parser: Parser;
  readonly find: ReturnType<typeof compilePatterns>;
  readonly findActing: ReturnType<typeof compilePatterns>;
  readonly thin: ReadonlySet<string>;
}

/** Makes what finds code by parsing. Done once for a process: takes some 40 ms, and 40 MB once it has parsed. */
export async function loadLanguages(read: ReadGrammar): Promise<FindLanguage> {
  // To optimize the automata of grammars takes V8 gigabytes and brings nothing: they stay as they were compiled at first.
  setFlagsFromString('--no-wasm-dynamic-tiering');
  setFlagsFromString('--no-wasm-tier-up');
  const library = treeSitter();
  const module = { wasmBinary: await read('tree-sitter'), locateFile: (name: string) => name };
  await library.Parser.init(module);
  const readers: Reader[] = [];
  for (const language of languages) {
    const grammar = await library.Language.load(await read(`tree-sitter-${language.grammar}`));
    const parser = new library.Parser();
    parser.setLanguage(grammar);
    readers.push({
      language,
      parser,
      find: compilePatterns(language.query),
      findActing: compilePatterns(language.acts),
      thin: new Set(language.thin),
    });
  }
  return (text, acting) => findLanguage(text, readers, acting);
}

function findLanguage(text: string, readers: readonly Reader[], acting: string | undefined): string | undefined {
  for (const lines of piecesOf(text)) {
    const piece = codeLines(lines);
    if (depthOf(piece) > deepest) continue;
    for (const reader of readers) {
      const { name, hint } = reader.language;
      if (acting !== undefined && acting !== name) continue;
      if ((acting !== undefined || hint.test(piece)) && isCode(piece, reader, acting !== undefined)) return name;
    }
  }
  return undefined;
}

function isCode(text: string, { language, parser, find, findActing, thin }: Reader, isActing: boolean): boolean {
  const whole = language.prepare?.(text) ?? text;
  const tree = parser.parse(whole);
  if (!tree) return false;
  const cursor = tree.walk();
  try {
    const root = readSyntax(cursor, thin);
    // What an interpreter is started on is code, however much of it the grammar could read.
    if (isActing) return findActing(root, whole) === 'code';
    return unread(root) * 6 <= text.length && find(root, whole) === 'code';
  } finally {
    cursor.delete();
    tree.delete();
  }
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
