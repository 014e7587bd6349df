import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultReadLimits, type ReadOptions, type WritableLayer } from '../../model/index.ts';
import { openUpperDirectory } from './upper-directory.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pw-upper-'));
  for (const layer of ['upper', 'middle', 'lowest']) mkdirSync(join(root, layer));
});
afterEach(() => rmSync(root, { recursive: true }));

const options: ReadOptions = {
  platform: { os: 'linux', architecture: 'amd64' },
  wanted: { patterns: ['/etc/os-release'], marks: [] },
  limits: defaultReadLimits,
  signal: new AbortController().signal,
};
const at = (layer: string) => join(root, layer);
function put(layer: string, path: string, content: string, mode = 0o755): void {
  mkdirSync(dirname(at(layer) + path), { recursive: true });
  writeFileSync(at(layer) + path, content, { mode });
  chmodSync(at(layer) + path, mode);
}
async function open(): Promise<WritableLayer> {
  const layer = await openUpperDirectory({ upper: at('upper'), lowers: [at('middle'), at('lowest')] }, options);
  if (!layer) throw new Error('the directory was not opened');
  return layer;
}
const changeOf = async (path: string) => (await (await open()).compare(path)).change;

describe('a file of a writable layer', () => {
  it.each<[string, () => void, string]>([
    ['that no layer has', () => {}, 'added'],
    ['that the highest layer has', () => put('middle', '/bin/tool', 'tool'), 'same'],
    ['that a lower layer has', () => put('lowest', '/bin/tool', 'tool'), 'same'],
    ['of other bytes', () => put('middle', '/bin/tool', 'tooL'), 'changed'],
    ['of another length', () => put('middle', '/bin/tool', 'tool, longer'), 'changed'],
    ['that could not be executed', () => put('middle', '/bin/tool', 'tool', 0o644), 'changed'],
    ['that was setuid', () => put('middle', '/bin/tool', 'tool', 0o4755), 'changed'],
    ['with other bits for others alone', () => put('middle', '/bin/tool', 'tool', 0o700), 'same'],
    [
      'that the highest of two layers has otherwise',
      () => {
        put('middle', '/bin/tool', 'another');
        put('lowest', '/bin/tool', 'tool');
      },
      'changed',
    ],
    ['that was a directory', () => mkdirSync(join(at('middle'), 'bin/tool'), { recursive: true }), 'changed'],
    [
      'whose directory was a link to where it lies',
      () => {
        put('lowest', '/usr/bin/tool', 'tool');
        symlinkSync('usr/bin', join(at('lowest'), 'bin'));
      },
      'added',
    ],
    [
      'that was a link to a file of the machine',
      () => {
        mkdirSync(join(at('middle'), 'bin'));
        symlinkSync(join(root, 'upper/bin/tool'), join(at('middle'), 'bin/tool'));
      },
      'changed',
    ],
  ])('%s', async (_what, prepare, expected) => {
    put('upper', '/bin/tool', 'tool');
    prepare();
    expect(await changeOf('/bin/tool')).toBe(expected);
  });

  it('of many pieces is compared to its end', async () => {
    const content = 'x'.repeat(700_000);
    for (const layer of ['upper', 'middle']) put(layer, '/large', content);
    expect(await changeOf('/large')).toBe('same');
    put('middle', '/large', `${content.slice(1)}y`);
    expect(await changeOf('/large')).toBe('changed');
  });

  it('has the time that the kernel noted, not the one that it was given', async () => {
    const before = Date.now() - 50;
    put('upper', '/bin/tool', 'tool');
    utimesSync(join(at('upper'), 'bin/tool'), 1, 1);
    expect((await (await open()).compare('/bin/tool')).changedAt).toBeGreaterThanOrEqual(before);
  });

  it('that has gone since is not known', async () => {
    expect(await changeOf('/bin/gone')).toBe('unknown');
  });
});

describe('the directory', () => {
  it('is read for what it holds, in places that are passed over on a machine too', async () => {
    put('upper', '/run/tool', 'tool');
    put('upper', '/etc/os-release', 'ID=x');
    put('upper', '/opt/.wh.gone', '');
    put('middle', '/bin/below', 'below');
    const { contents } = await open();
    const files = [...contents.files()].filter(({ type }) => type === 'file').map(({ path }) => path);
    expect(files).toEqual(['/etc/os-release', '/run/tool']);
    expect(Buffer.from((await contents.read('/etc/os-release', 10)) ?? []).toString()).toBe('ID=x');
  });

  it.each(['nowhere', 'file'])('that is %s leaves the question to the engine', async (name) => {
    writeFileSync(at('file'), '');
    expect(await openUpperDirectory({ upper: at(name), lowers: [] }, options)).toBeUndefined();
    const lowers = [at('nowhere')];
    expect(await openUpperDirectory({ upper: at('upper'), lowers }, options)).toBeUndefined();
  });

  it('ends with the signal', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    for (let n = 0; n < 1100; n++) put('upper', `/many/${n}`, '');
    const opened = openUpperDirectory({ upper: at('upper'), lowers: [] }, { ...options, signal: controller.signal });
    await expect(opened).rejects.toThrow('enough');
  });
});
