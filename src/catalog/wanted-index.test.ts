import { describe, expect, it } from 'vitest';
import { compileWantedIndex } from './wanted-index.ts';

describe('compileWantedIndex', () => {
  it.each([
    ['/var/lib/d/*', ['/var/lib/d/a', '/var/lib/d/a.b'], ['/var/lib/d', '/var/lib/d/a/b', '/var/lib/da']],
    [
      '**/package.json',
      ['/package.json', '/a/b/package.json'],
      ['/a/package.jso', '/a/xpackage.json', '/package.json/a'],
    ],
    ['**/*.list', ['/a.list', '/b/c.list', '/b/.list'], ['/b.list/c', '/list', '/x/list']],
    [
      '**/*.dist-info/METADATA',
      ['/a-1.dist-info/METADATA', '/x/a.dist-info/METADATA'],
      ['/a/METADATA', '/a.dist-info/x/METADATA'],
    ],
    ['**/EGG-INFO/PKG-INFO', ['/a/EGG-INFO/PKG-INFO', '/EGG-INFO/PKG-INFO'], ['/a/XEGG-INFO/PKG-INFO', '/PKG-INFO']],
  ])('%s', (pattern, matching, others) => {
    const ownersOf = compileWantedIndex([{ pattern, owner: 'me' }]);
    for (const path of matching) expect([path, ownersOf(path)]).toEqual([path, ['me']]);
    for (const path of others) expect([path, ownersOf(path)]).toEqual([path, []]);
  });

  it('names every owner once', () => {
    const ownersOf = compileWantedIndex([
      { pattern: '**/a', owner: 1 },
      { pattern: '/x/*', owner: 1 },
      { pattern: '**/x/a', owner: 2 },
    ]);
    expect([...ownersOf('/x/a')].sort()).toEqual([1, 2]);
  });

  it.each(['/a/b', 'a', 'a/*', '/a/*/b', '**', '**/a*', '**/a/b/c', '/a*', '**/*', '**/a/*', '*/a'])(
    'refuses %j',
    (pattern) => {
      expect(() => compileWantedIndex([{ pattern, owner: 1 }])).toThrow(TypeError);
    },
  );
});
