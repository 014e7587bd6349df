import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type FindLanguage, loadLanguages } from '../input/index.ts';

const require = createRequire(import.meta.url);
let loading: Promise<FindLanguage> | undefined;

/** The grammars that tell code from data, read once for the process, when they are first needed. */
export function readLanguages(): Promise<FindLanguage> {
  loading ??= loadLanguages((name) => readFile(require.resolve(`@vscode/tree-sitter-wasm/wasm/${name}.wasm`)));
  return loading;
}
