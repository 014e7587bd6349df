import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTar, type TarEntry } from '../../test/fakes/image-builder.ts';
import { defaultReadLimits } from '../model/index.ts';
import { FileTree } from './file-tree.ts';
import { LayerCollector } from './layer-collector.ts';
import { ReadBudget } from './read-budget.ts';
import { TarWalker } from './tar-walker.ts';

function treeOf(...layers: readonly (readonly TarEntry[])[]): FileTree {
  const tables = layers.map((entries) => {
    const collector = new LayerCollector({ wanted: { patterns: [], marks: [] } }, new ReadBudget(defaultReadLimits));
    new TarWalker(collector).push(buildTar(entries));
    return collector.finish();
  });
  return new FileTree(tables);
}

/** `path` or `path -> target`, with the layer it comes from. */
function list(tree: FileTree): string[] {
  return tree.paths().map((path) => {
    const entry = tree.entry(path);
    return `${path}${entry?.type === 'directory' ? '/' : ''}${entry?.linkTarget ? ` -> ${entry.linkTarget}` : ''} @${entry?.layer}`;
  });
}

const file = (path: string, content = ''): TarEntry => ({ file: path, content });

describe('FileTree', () => {
  it.each<[string, TarEntry[][], string[]]>([
    ['implied directories', [[file('a/b/c')]], ['/a/ @0', '/a/b/ @0', '/a/b/c @0']],
    ['an upper file over a lower one', [[file('a')], [file('a')]], ['/a @1']],
    ['a white-out', [[file('a'), file('b')], [{ whiteout: 'a' }]], ['/b @0']],
    ['a white-out of a directory', [[file('d/a'), file('da')], [{ whiteout: 'd' }]], ['/da @0']],
    [
      'a white-out and the same name again above it',
      [[file('d/a')], [{ whiteout: 'd' }], [file('d/b')]],
      ['/d/ @2', '/d/b @2'],
    ],
    ['a white-out that spares its own layer', [[file('a')], [file('a'), { whiteout: 'a' }]], ['/a @1']],
    [
      'an opaque directory',
      [
        [file('d/a'), file('d/e/f')],
        [{ opaque: 'd' }, file('d/b')],
      ],
      ['/d/ @1', '/d/b @1'],
    ],
    [
      'a file and the white-outs of the directory that it replaces',
      [[file('d/a')], [file('d'), { whiteout: 'd/a' }]],
      ['/d @1'],
    ],
    ['an opaque root', [[file('a')], [{ opaque: '.' }, file('b')]], ['/b @1']],
    ['a directory replaced by a file', [[file('d/a')], [file('d')]], ['/d @1']],
    ['a file replaced by a directory', [[file('d')], [file('d/a')]], ['/d/ @1', '/d/a @1']],
    [
      'a directory above a file above a directory',
      [[file('d/old')], [file('d')], [file('d/new')]],
      ['/d/ @2', '/d/new @2'],
    ],
    [
      'a symlink replaced by a directory',
      [
        [{ symlink: 'd', to: 'e' }, file('e/a')],
        [{ dir: 'd' }, file('d/b')],
      ],
      ['/d/ @1', '/d/b @1', '/e/ @0', '/e/a @0'],
    ],
    [
      'a directory merged',
      [
        [{ dir: 'd' }, file('d/a')],
        [{ dir: 'd' }, file('d/b')],
      ],
      ['/d/ @1', '/d/a @0', '/d/b @1'],
    ],
    [
      'the last of several entries of one name',
      [[file('a', 'x'), { dir: 'a' }, { symlink: 'a', to: 'b' }]],
      ['/a -> b @0'],
    ],
    [
      'an entry below a symlink of its layer',
      [[{ symlink: 'l', to: 'd' }, file('l/a')]],
      ['/d/ @0', '/d/a @0', '/l -> d @0'],
    ],
    [
      'an entry below a symlink that climbs',
      [[{ symlink: 'x/l', to: '../../../d' }, file('x/l/a')]],
      ['/d/ @0', '/d/a @0', '/x/ @0', '/x/l -> ../../../d @0'],
    ],
    ['names that are cleaned', [[file('./a//b/./c'), file('/d/../e')]], ['/a/ @0', '/a/b/ @0', '/a/b/c @0', '/e @0']],
    ['aufs files, which are none', [[file('.wh..wh.plnk'), file('a')]], ['/a @0']],
    ['sorted by code unit', [[file('a/b'), file('a-b'), file('a'), file('B')]], ['/B @0', '/a @0', '/a-b @0']],
  ])('shows %s', (_, layers, expected) => {
    expect(list(treeOf(...layers))).toEqual(expected);
  });

  it('follows hard links to what was there before them, and keeps it when its name goes', () => {
    const tree = treeOf(
      [file('a', 'one'), { hardlink: 'l', to: 'a' }, file('a', 'second'), { hardlink: 'm', to: './l' }],
      [{ whiteout: 'a' }],
    );
    expect(tree.entry('/l')?.size).toBe(3);
    expect(tree.entry('/m')?.size).toBe(3);
    expect(tree.inode('/m')).toEqual({ layer: 0, entry: 0 });
    expect(tree.entry('/a')).toBeUndefined();
    expect(tree.totalFileBytes()).toBe(3);
  });

  it('gives an inode the mode that its last header says', () => {
    const tree = treeOf([file('a', 'x'), { hardlink: 'l', to: 'a', as: { mode: 0o4755 } }]);
    expect(tree.entry('/a')?.mode).toBe(0o4755);
  });

  it('says where a hard link leads nowhere', () => {
    expect(treeOf([{ hardlink: 'l', to: 'missing' }]).problems).toMatchObject([
      { code: 'image/dangling-hard-link', path: '/l' },
    ]);
  });

  it.each([
    ['/bin/sh', '/usr/bin/dash'],
    ['/usr/bin/../bin/sh', '/usr/bin/dash'],
    ['/up', '/usr/bin/dash'],
    ['/loop', undefined],
    ['/usr/bin/dash/x', undefined],
    ['/nowhere', undefined],
    ['/', '/'],
    ['/../../usr', '/usr'],
  ])('resolves %s to %s', (path, landing) => {
    const tree = treeOf([
      { symlink: 'bin', to: 'usr/bin' },
      file('usr/bin/dash'),
      { symlink: 'usr/bin/sh', to: 'dash' },
      { symlink: 'up', to: '../../../bin/sh' },
      { symlink: 'loop', to: 'pool' },
      { symlink: 'pool', to: '/loop' },
      { symlink: 'nowhere', to: 'gone' },
    ]);
    expect(tree.resolve(path)?.path).toBe(landing);
  });

  it('agrees with a model that applies the layers one after the other', () => {
    const name = fc.constantFrom('a', 'b', 'a/b', 'a/c', 'a/b/c', 'b/c');
    const entry = fc.oneof(
      { weight: 4, arbitrary: name.map((path): TarEntry => ({ file: path })) },
      { weight: 2, arbitrary: name.map((path): TarEntry => ({ dir: path })) },
      { weight: 2, arbitrary: name.map((path): TarEntry => ({ whiteout: path })) },
      { weight: 1, arbitrary: name.map((path): TarEntry => ({ opaque: path })) },
    );
    fc.assert(
      fc.property(fc.array(fc.array(entry, { maxLength: 5 }), { maxLength: 4 }), (layers) => {
        const sound = layers.map(soundLayer);
        expect(list(treeOf(...sound)).map((line) => line.replace(/ @\d+$/, ''))).toEqual(modelOf(sound));
      }),
      { numRuns: 2000 },
    );
  });
});

/** Leaves out what no engine would unpack: entries below a file of the same layer, and names given twice. */
function soundLayer(entries: readonly TarEntry[]): TarEntry[] {
  const kept: TarEntry[] = [];
  const files: string[] = [];
  const directories: string[] = [];
  for (const entry of entries) {
    const directory = directoryOf(entry);
    const path = 'file' in entry ? entry.file : directory;
    if (files.some((file) => path === file || path.startsWith(`${file}/`))) continue;
    if (files.some((file) => directory === file || directory.startsWith(`${file}/`))) continue;
    if ('file' in entry && directories.some((known) => known === path || known.startsWith(`${path}/`))) continue;
    directories.push(directory);
    if ('file' in entry) files.push(entry.file);
    kept.push(entry);
  }
  return kept;
}

/** The directory that is there by an entry; '' is the root. */
function directoryOf(entry: TarEntry): string {
  if ('dir' in entry) return entry.dir;
  if ('opaque' in entry) return entry.opaque;
  const path = 'file' in entry ? entry.file : 'whiteout' in entry ? entry.whiteout : '';
  return path.split('/').slice(0, -1).join('/');
}

/** White-outs of a layer first, then its entries: slow and plain. */
function modelOf(layers: readonly (readonly TarEntry[])[]): string[] {
  const tree = new Map<string, 'file' | 'dir'>();
  const removeBelow = (path: string) => {
    for (const known of [...tree.keys()]) if (known.startsWith(`${path}/`)) tree.delete(known);
  };
  for (const layer of layers) {
    for (const entry of layer) {
      if ('whiteout' in entry) {
        removeBelow(`/${entry.whiteout}`);
        tree.delete(`/${entry.whiteout}`);
      } else if ('opaque' in entry) removeBelow(`/${entry.opaque}`);
    }
    for (const entry of layer) {
      const parts = directoryOf(entry).split('/').filter(Boolean);
      parts.forEach((_, index) => {
        tree.set(`/${parts.slice(0, index + 1).join('/')}`, 'dir');
      });
      if (!('file' in entry)) continue;
      removeBelow(`/${entry.file}`);
      tree.set(`/${entry.file}`, 'file');
    }
  }
  return [...tree]
    .map(([path, type]) => (type === 'dir' ? `${path}/` : path))
    .sort((a, b) => compare(a.replace(/\/$/, ''), b.replace(/\/$/, '')));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
