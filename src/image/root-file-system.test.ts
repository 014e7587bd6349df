import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultReadLimits, type ImageContents, type ReadOptions } from '../model/index.ts';
import { createImageReader } from './index.ts';

let outside = '';
let root = '';
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'root-file-system-'));
  root = join(outside, 'root');
  mkdirSync(root);
  write('etc/os-release', 'ID=test');
  write('etc/deep/file', 'x');
  write('usr/bin/tool', '\x7fELF....MARK12');
  chmodSync(join(root, 'usr/bin/tool'), 0o4755);
  linkSync(join(root, 'usr/bin/tool'), join(root, 'usr/bin/same'));
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('../secret', join(root, 'climbs'));
  symlinkSync(join(outside, 'secret'), join(root, 'absolute'));
  writeFileSync(join(outside, 'secret'), 'secret');
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

function open(options: Partial<ReadOptions> = {}, path = root): Promise<ImageContents> {
  return createImageReader()(
    { kind: 'rootfs', path },
    {
      platform: { os: 'linux', architecture: 'amd64' },
      wanted: {
        patterns: ['/etc/os-release', '/bin/tool', '/var/none', '/etc/*'],
        marks: [{ id: 'm', bytes: Buffer.from('MARK'), keep: 6 }],
      },
      limits: defaultReadLimits,
      signal: new AbortController().signal,
      ...options,
    },
  );
}

const paths = (contents: ImageContents) => [...contents.files()].map((entry) => entry.path);

describe('a root file system', () => {
  it('is walked whole, with modes, links, marks and bytes', async () => {
    const contents = await open();
    expect(paths(contents)).toEqual([
      ...['/absolute', '/bin', '/climbs', '/etc', '/etc/deep', '/etc/deep/file', '/etc/os-release'],
      ...['/usr', '/usr/bin', '/usr/bin/same', '/usr/bin/tool'],
    ]);
    expect(contents.problems).toEqual([]);
    expect(contents.entry('/usr/bin/tool')?.mode).toBe(0o4755);
    expect(contents.resolve('/bin/tool')?.path).toBe('/usr/bin/tool');
    expect(contents.marks('/usr/bin/tool')).toMatchObject([{ mark: 'm', offset: 8 }]);
    expect(contents.totalFileBytes).toBe(7 + 1 + 14);
    expect(Buffer.from((await contents.read('/bin/tool', 100)) ?? []).toString()).toContain('MARK');
    await expect(contents.read('/bin/tool', 5)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('is looked at only where it is wanted', async () => {
    const contents = await open({ walk: 'wanted' });
    expect(paths(contents)).toEqual([
      '/bin',
      '/etc',
      '/etc/deep',
      '/etc/os-release',
      '/usr',
      '/usr/bin',
      '/usr/bin/tool',
    ]);
    expect(Buffer.from((await contents.read('/etc/os-release', 100)) ?? []).toString()).toBe('ID=test');
  });

  it('never shows what lies outside of it', async () => {
    const contents = await open();
    for (const path of ['/climbs', '/absolute', '/../secret', '/etc/../../secret']) {
      expect(contents.resolve(path)).toBeUndefined();
      expect(await contents.read(path, 100)).toBeUndefined();
    }
  });

  it('does not follow a directory that turned into a symlink since', async () => {
    const contents = await open();
    renameSync(join(root, 'etc'), join(root, 'etc2'));
    mkdirSync(join(outside, 'other'));
    writeFileSync(join(outside, 'other/os-release'), 'secret');
    symlinkSync(join(outside, 'other'), join(root, 'etc'));
    expect(await contents.read('/etc/os-release', 100)).toBeUndefined();
    expect(contents.problems).toMatchObject([{ code: 'image/unreadable-file', path: '/etc/os-release' }]);
  });

  it('reads a file as it is now, and says where it is gone', async () => {
    const contents = await open();
    truncateSync(join(root, 'etc/os-release'), 2);
    expect(await contents.read('/etc/os-release', 100)).toHaveLength(2);
    rmSync(join(root, 'etc/os-release'));
    expect(await contents.read('/etc/os-release', 100)).toBeUndefined();
    expect(contents.problems).toMatchObject([{ code: 'image/unreadable-file' }]);
  });

  it('is not held by a pipe, not even one that took the place of a file', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const contents = await open();
    expect(contents.entry('/pipe')?.type).toBe('fifo');
    expect(await contents.read('/pipe', 10)).toBeUndefined();
    rmSync(join(root, 'etc/os-release'));
    execFileSync('mkfifo', [join(root, 'etc/os-release')]);
    expect(await contents.read('/etc/os-release', 10)).toBeUndefined();
  });

  it('leaves out what the kernel and the engines keep', async () => {
    write('proc/1/status', 'x');
    write('var/lib/docker/overlay2/x/diff/etc/os-release', 'x');
    write('var/lib/dpkg/status', 'x');
    expect(paths(await open()).filter((path) => /^\/(?:proc|var)\//.test(path))).toEqual([
      '/var/lib',
      '/var/lib/docker',
      '/var/lib/dpkg',
      '/var/lib/dpkg/status',
    ]);
  });

  it('is bounded', async () => {
    const contents = await open({ limits: { ...defaultReadLimits, maxEntries: 3 } });
    expect(contents.problems).toMatchObject([{ code: 'image/limit-exceeded' }]);
    expect(paths(contents).length).toBeLessThanOrEqual(4);
  });

  it('is found, or said not to be', async () => {
    await expect(open({}, join(outside, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(open({}, join(outside, 'secret'))).rejects.toMatchObject({ code: 'unreadable' });
    await expect(open({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});
