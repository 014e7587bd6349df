import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLaunchKey } from './read-launch-key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portwarden-key-'));
});
afterEach(() => rm(folder, { recursive: true }));
const read = (name = 'launch.key') => readLaunchKey({ launchKey: join(folder, name) });

describe('the key of launches', () => {
  it('is made once, for this user alone, and is the same from then on', async () => {
    const key = await read();
    expect(key).toHaveLength(32);
    expect((await stat(join(folder, 'launch.key'))).mode & 0o777).toBe(0o600);
    expect(await read()).toEqual(key);
    expect(await read('another.key')).not.toEqual(key);
  });

  it('is one for all that start at once', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => read()));
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  });

  it.each(['', 'a'.repeat(63), `${'a'.repeat(64)}b`, 'G'.repeat(64), `${'a'.repeat(64)}\n${'b'.repeat(64)}`])(
    'is refused where the file holds %j, which is left as it is and not told',
    async (text) => {
      await writeFile(join(folder, 'launch.key'), text);
      const error: Error = await read().then(
        () => Promise.reject(new Error('taken')),
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: 'bad-setting' });
      if (text !== '') expect(error.message).not.toContain(text);
      expect(await readFile(join(folder, 'launch.key'), 'utf8')).toBe(text);
    },
  );

  it.each(['.', 'missing/launch.key'])('is refused where %s is no file that can be had', async (name) => {
    await expect(read(name)).rejects.toMatchObject({ code: 'bad-setting' });
  });

  it('may be one that somebody else wrote', async () => {
    await writeFile(join(folder, 'launch.key'), `${'ab'.repeat(32)}\n`);
    await chmod(join(folder, 'launch.key'), 0o400);
    expect(Buffer.from(await read()).toString('hex')).toBe('ab'.repeat(32));
  });
});
