import { describe, expect, it } from 'vitest';
import { fileCapability } from '../fakes/file-capability.ts';
import type { LayerSpec, TarEntry } from '../fakes/image-builder.ts';
import { readLayout } from './image-trial.ts';

const wanted = 'etc/os-release';
const version = (content: string): TarEntry[] => [{ file: wanted, content }];

describe('versions that upper layers hide', () => {
  async function hidden(...layers: (LayerSpec | readonly TarEntry[])[]) {
    const contents = await readLayout({ layers });
    return contents
      .hiddenVersions('/etc/os-release')
      .map(({ entry, hiddenBy, bytes }) => [entry.layer, hiddenBy, entry.type, bytes && Buffer.from(bytes).toString()]);
  }

  it.each<[string, TarEntry[]]>([
    ['another version', version('two')],
    ['a white-out', [{ whiteout: wanted }]],
    ['a white-out of its directory', [{ whiteout: 'etc' }]],
    ['an opaque directory', [{ opaque: 'etc' }]],
    ['an opaque root', [{ raw: Buffer.alloc(0) }, { file: '.wh..wh..opq' }]],
    ['a file in place of its directory', [{ file: 'etc', content: 'x' }]],
    ['a symlink', [{ symlink: wanted, to: '/usr/lib/os-release' }]],
    ['a directory', [{ dir: wanted }]],
  ])('by %s', async (_, above) => {
    const between: TarEntry[] = [{ file: 'etc/os-release-not', content: 'x' }];
    expect(await hidden(version('one'), between, above)).toEqual([[0, 2, 'file', 'one']]);
  });

  it('are none where it is visible or was never there', async () => {
    expect(await hidden(version('one'), [{ file: 'etc/other' }])).toEqual([]);
    expect(await hidden([{ whiteout: wanted }], version('one'))).toEqual([]);
    expect(await hidden([{ whiteout: wanted }])).toEqual([]);
  });

  it('are several, each by its last entry, hard links with their bytes', async () => {
    const twice = [...version('zero'), ...version('one')];
    const linked: TarEntry[] = [
      { file: 'x', content: 'two' },
      { hardlink: wanted, to: 'x' },
    ];
    expect(await hidden(twice, linked, version('three'))).toEqual([
      [0, 1, 'file', 'one'],
      [1, 2, 'file', undefined],
    ]);
    const both: TarEntry[] = [...version('two'), { hardlink: 'y', to: wanted }];
    expect(await hidden(both, [{ whiteout: wanted }])).toEqual([[0, 1, 'file', 'two']]);
  });
});

describe('file capabilities', () => {
  const attribute = 'SCHILY.xattr.security.capability';
  const withCapability = (numbers: readonly number[]) => ({
    pax: { [attribute]: fileCapability(numbers).toString('latin1') },
  });

  it('are told of files and their hard links, and of no other', async () => {
    const contents = await readLayout({
      layers: [
        [
          { file: 'a', mode: 0o755, as: withCapability([10]) },
          { file: 'b', mode: 0o755 },
          { hardlink: 'c', to: 'a' },
        ],
      ],
    });
    expect(contents.problems).toEqual([]);
    const told = ['/a', '/b', '/c'].map((path) => contents.entry(path)?.capabilities);
    expect(told).toEqual([['net_bind_service'], undefined, ['net_bind_service']]);
  });

  it('that make no sense are a problem', async () => {
    const contents = await readLayout({ layers: [[{ file: 'a', as: { pax: { [attribute]: 'nonsense' } } }]] });
    expect(contents.problems.map(({ code, path }) => [code, path])).toEqual([['image/bad-capability', '/a']]);
  });
});
