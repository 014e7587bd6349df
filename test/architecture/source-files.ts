import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** From the root of the checkout, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface ImportedModule {
  /** As written: `./a.ts`, `node:fs`, `undici`. */
  readonly specifier: string;
  readonly line: number;
  /** Erased before it runs. */
  readonly typeOnly: boolean;
  /** Loaded when that line is reached, not with the file. */
  readonly isLazy: boolean;
}

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

export function readSourceFiles(...patterns: readonly string[]): readonly SourceFile[] {
  const exclude = (path: string): boolean => /(?:^|\/)(?:node_modules|dist|fixtures)$/.test(path);
  return globSync([...patterns], { cwd: checkout, exclude })
    .sort()
    .map((path) => ({ path, text: readFileSync(join(checkout, path), 'utf8') }));
}

/** Statements begin their line, as biome formats them: this need not know what a string or a comment is. */
const statement = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\bfrom\s+)?'([^']+)'/gm;
/** Loaded when reached: `import('x')`, `require('x')`, a worker's `new URL('./x.ts', import.meta.url)`. */
const expression = /\b(?:import|require|getBuiltinModule)\(\s*'([^']+)'|\bnew URL\('([^']+\.[jt]s)'/g;

export function importsOf(file: SourceFile): readonly ImportedModule[] {
  const lineAt = (index: number): number => file.text.slice(0, index).split('\n').length;
  const found: ImportedModule[] = [];
  for (const match of file.text.matchAll(statement)) {
    found.push({
      specifier: match[2] ?? '',
      line: lineAt(match.index),
      typeOnly: match[1] !== undefined,
      isLazy: false,
    });
  }
  for (const match of file.text.matchAll(expression)) {
    found.push({ specifier: match[1] ?? match[2] ?? '', line: lineAt(match.index), typeOnly: false, isLazy: true });
  }
  return found;
}
