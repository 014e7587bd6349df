import { existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout, importsOf, readSourceFiles } from './source-files.ts';

const all = readSourceFiles('src/**/*.ts', 'web/**/*.{ts,tsx}', 'test/**/*.ts', 'scripts/**/*.ts');
const rooms = [...new Set(all.flatMap(({ path }) => /^src\/([^/]+)\//.exec(path)?.[1] ?? []))];

describe('every room', () => {
  // The wiring belongs to main.ts: nobody comes in.
  it.each(rooms.filter((room) => room !== 'wiring'))(
    '%s says at its door what it is for, what it never does, where to start',
    (room) => {
      const door = all.find(({ path }) => path === `src/${room}/index.ts`);
      const head = /^\/\*\*\n((?: \*.*\n)+)/.exec(door?.text ?? '')?.[1] ?? '';
      expect(head).toMatch(new RegExp(`^ \\* ${room}: \\S`));
      expect(head).toMatch(/^ \* Never: \S/m);
      const start = /^ \* Start at ([\s\S]+)/m.exec(head)?.[1] ?? '';
      const named = start.match(/[\w/-]+(?:\.ts|\/)(?![\w])/g) ?? [];
      expect(named).not.toEqual([]);
      for (const path of named) expect(existsSync(join(checkout, 'src', room, path)), `${room}: ${path}`).toBe(true);
    },
  );
});

describe('every file', () => {
  it('was seen', () => {
    expect(all.length).toBeGreaterThan(200);
    expect(rooms.length).toBeGreaterThan(10);
  });

  it('has at most 400 lines', () => {
    const tooLong = all.filter(({ text }) => text.split('\n').length > 400).map(({ path }) => path);
    expect(tooLong).toEqual([]);
  });

  it('is named in kebab-case, for what it holds', () => {
    const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
    const empty = /^(?:utils?|helpers?|common|managers?|misc|shared)$/;
    const misnamed = all.flatMap(({ path }) => {
      const words = path.split('/').map((part) => part.replace(/\..*$/, ''));
      return words.every((word) => kebab.test(word) && !empty.test(word)) ? [] : [path];
    });
    // The shapes that several answers have in common.
    expect(misnamed).toEqual(['src/model/wire/common.ts']);
  });
});

/** Things that are found by being on a list: one that is not would never run, and no other test would know. */
const plugins = [
  {
    what: 'cataloger',
    file: /^src\/catalog\/[^/]+\/[^/]+-cataloger\.ts$/,
    list: 'src/catalog/catalogers.ts',
    atLeast: 5,
  },
  {
    what: 'kind of document',
    file: /^src\/policy\/documents\/[^/]+-document\.ts$/,
    list: 'src/policy/documents/document-kinds.ts',
    atLeast: 4,
  },
  { what: 'verb', file: /^src\/cli\/verbs\/[^/]+(?<!\.test)\.ts$/, list: 'src/cli/run-cli.ts', atLeast: 8 },
];

describe.each(plugins)('every $what', ({ file, list, atLeast }) => {
  it(`is on the list, ${list}`, () => {
    const found = all.map(({ path }) => path).filter((path) => file.test(path));
    expect(found.length).toBeGreaterThanOrEqual(atLeast);
    const lister = all.find(({ path }) => path === list) ?? { path: list, text: '' };
    const listed = importsOf(lister).map(({ specifier }) => posix.join(dirname(list), specifier));
    expect(found.filter((path) => !listed.includes(path)).map((path) => basename(path))).toEqual([]);
  });
});
