import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roomOf } from './import-law.ts';
import { importsOf, readSourceFiles } from './source-files.ts';

const files = new Map(readSourceFiles('src/**/*.ts').map((file) => [file.path, file]));

/** What is loaded with a file, whatever is asked for then: files of this project, and packages by name. */
function loadedWith(start: string): { readonly rooms: readonly string[]; readonly packages: readonly string[] } {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const pending = [start];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = files.get(path);
    if (!file || seen.has(path)) continue;
    seen.add(path);
    for (const { specifier, typeOnly, isLazy } of importsOf(file)) {
      if (typeOnly || isLazy) continue;
      if (specifier.startsWith('.')) pending.push(posix.join(dirname(path), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  }
  const rooms = new Set([...seen].map((path) => roomOf(path) as string));
  return { rooms: [...rooms].sort(), packages: [...packages].sort() };
}

describe('what is loaded', () => {
  it('by every command is the command line alone', () => {
    expect(loadedWith('src/main.ts')).toEqual({
      rooms: ['base', 'cli', 'model', 'wiring'],
      packages: ['commander'],
    });
  });

  it('by a scan are no libraries that few images need', () => {
    expect(loadedWith('src/service/index.ts').packages).toEqual([]);
    expect(loadedWith('src/image/index.ts').packages).toEqual([]);
    expect(loadedWith('src/policy/index.ts')).toEqual({ rooms: ['base', 'model', 'policy'], packages: [] });
  });
});
