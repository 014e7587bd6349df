import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DockerGateError } from './docker-gate-error.ts';
import { type LinkReader, resolveHostPath } from './resolve-host-path.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'pw-path-')));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'deep/below'), { recursive: true });
symlinkSync('/etc', join(root, 'absolute'));
symlinkSync('deep/below', join(root, 'relative'));
symlinkSync('absolute/ssl', join(root, 'chain'));
symlinkSync('loop', join(root, 'loop'));
symlinkSync('/proc/self/root', join(root, 'magic'));

describe('resolveHostPath', () => {
  it.each([
    ['/', '/'],
    ['//etc/./ssl/', '/etc/ssl'],
    [`${root}/deep`, `${root}/deep`],
    [`${root}/deep/below/`, `${root}/deep/below`],
    [`${root}/absolute`, '/etc'],
    [`${root}/absolute/passwd`, '/etc/passwd'],
    [`${root}/relative`, `${root}/deep/below`],
    [`${root}/chain/none/yet`, '/etc/ssl/none/yet'],
    [`${root}/not/there`, `${root}/not/there`],
    [`${root}/deep/../relative`, `${root}/deep/below`],
    ['/../../etc', '/etc'],
  ])('%s leads to %s', async (path, place) => expect(await resolveHostPath(path)).toBe(place));

  it.each([
    ['etc', /not an absolute path/],
    ['', /not an absolute path/],
    ['/etc\0/x', /not an absolute path/],
    [`/${'a'.repeat(5000)}`, /not an absolute path/],
    [`${root}/loop`, /more than 40 symlinks/],
    [`${root}/relative/../x`, /two places/],
    ['/proc/self/root/etc', /link of \/proc/],
    ['/proc/thread-self/root/etc', /link of \/proc/],
    ['/proc/self/cwd', /link of \/proc/],
    [`${root}/magic/etc`, /link of \/proc/],
    [`${root}/deep/../magic/etc`, /link of \/proc/],
  ])('%j is refused', async (path, message) => {
    const error = await resolveHostPath(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DockerGateError);
    expect((error as DockerGateError).code).toBe('bad-host-path');
    expect((error as DockerGateError).message).toMatch(message);
  });

  it('refuses what changes between two looks', async () => {
    let looks = 0;
    const swapped: LinkReader = {
      look: async (path) => (path === '/srv/data' && ++looks > 1 ? { link: '/etc' } : 'file'),
    };
    await expect(resolveHostPath('/srv/data', swapped)).rejects.toThrow(/changed while it was looked at/);
    expect(looks).toBe(2);
  });

  it('looks at the parts of what is not whole alone', async () => {
    const asked: string[] = [];
    const links: LinkReader = {
      look: async (path) => {
        asked.push(path);
        return path === '/srv/link' ? { link: '/data' } : 'file';
      },
      isWhole: async (path) => path === '/srv/data',
    };
    expect(await resolveHostPath('/srv//data', links)).toBe('/srv/data');
    expect(asked).toEqual([]);
    expect(await resolveHostPath('/srv/link', links)).toBe('/data');
    await expect(resolveHostPath('/srv/link/../data', links)).rejects.toThrow(/two places/);
  });
});
