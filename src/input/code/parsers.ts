import { setFlagsFromString } from 'node:v8';
import type { Parser } from '@vscode/tree-sitter-wasm';
import { lazyLibrary } from '../../base/index.ts';
import { readSyntax, type Syntax } from './syntax.ts';

/** Gives the bytes of a file of WebAssembly by its name: `tree-sitter`, `tree-sitter-python`. */
export type ReadGrammar = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** How much may be spent on texts that are no code: a parser asks each hundred steps whether it may go on. */
export interface Patience {
  left: number;
}

/** For all that is passed in one request. An asking is some 0.1 ms of code, and up to 5 ms of what is made to take long. */
export const requestPatience = 500;

/**
 * The tree of a text; `none` where it would take longer than code ever does, `fault` where the grammar itself failed, which only a text that is
 * made for it brings about. Never throws, and asks no clock.
 */
export type ParseText = (text: string, patience: Patience) => Syntax | 'none' | 'fault';

const treeSitter = lazyLibrary<typeof import('@vscode/tree-sitter-wasm')>('@vscode/tree-sitter-wasm');

/** Of the module that runs the grammars: its stack, which nobody else puts back where something was thrown through it. */
interface Stack {
  emscripten_stack_get_current(): number;
  _emscripten_stack_restore(at: number): void;
}

/** Makes parsers by the names of their grammars. Throws what `read` throws, and where the bytes are none. */
export async function loadParsers(
  read: ReadGrammar,
): Promise<(grammar: string, thin: ReadonlySet<string>) => Promise<ParseText>> {
  // To optimize the automata of grammars takes V8 gigabytes and brings nothing: they stay as they were compiled at first.
  setFlagsFromString('--no-wasm-dynamic-tiering');
  setFlagsFromString('--no-wasm-tier-up');
  const library = treeSitter();
  const bytes = await read('tree-sitter');
  const compiled = await WebAssembly.compile(bytes);
  let stack: Stack | undefined;
  const module = {
    locateFile: (name: string) => name,
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, of: WebAssembly.Module) => WebAssembly.Exports,
    ) {
      const instance = new WebAssembly.Instance(compiled, imports);
      stack = instance.exports as unknown as Stack;
      return done(instance, compiled);
    },
  };
  await library.Parser.init(module);
  return async (grammar, thin) => {
    const language = await library.Language.load(await read(`tree-sitter-${grammar}`));
    const create = (): Parser => new library.Parser().setLanguage(language);
    let parser = create();
    return (text, patience) => {
      const at = stack?.emscripten_stack_get_current() ?? 0;
      try {
        return parseWith(parser, text, thin, patience);
      } catch {
        // An assertion of the scanner: the parser is in the middle of something, and its stack as deep as it was.
        stack?._emscripten_stack_restore(at);
        parser.delete();
        parser = create();
        return 'fault';
      }
    };
  };
}

/** Code takes two askings for a hundred characters, or three. */
const fewestAskings = 16;
const charactersAnAsking = 30;

function parseWith(parser: Parser, text: string, thin: ReadonlySet<string>, patience: Patience): Syntax | 'none' {
  let asked = 0;
  patience.left--;
  const isEnough = () => --patience.left < 0 || ++asked > fewestAskings + text.length / charactersAnAsking;
  const tree = parser.parse(text, null, { progressCallback: isEnough });
  if (!tree) {
    parser.reset();
    return 'none';
  }
  const cursor = tree.walk();
  try {
    return readSyntax(cursor, thin);
  } finally {
    cursor.delete();
    tree.delete();
  }
}
