import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltImage, buildOciLayout, type TarEntry } from '../../test/fakes/image-builder.ts';
import { parseDigest } from '../base/index.ts';
import { defaultReadLimits } from '../model/index.ts';
import { LayerHelper, type LayerTask } from './layer-helper.ts';
import { ReadBudget } from './read-budget.ts';
import { scanLocation } from './scan-location.ts';

const elf = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(100_000, 7), Buffer.from('MARK here')]);
const entries: readonly TarEntry[] = [
  { file: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
  { file: 'bin/tool', content: elf, mode: 0o755 },
  { symlink: 'bin/alias', to: 'tool' },
  { whiteout: 'etc/shadow' },
];
const keep = {
  wanted: { patterns: ['/etc/passwd'], marks: [{ id: 'mark', bytes: Buffer.from('MARK'), keep: 9 }] },
};
const { signal } = new AbortController();

let directory: string;
let image: BuiltImage;
let helper: LayerHelper | undefined;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-layer-helper-'));
  const corrupt = (stored: Buffer) => stored.fill(0, 40, 60);
  image = buildOciLayout(directory, { layers: [entries, { entries, corrupt }] })[0] as BuiltImage;
});
afterEach(() => helper?.close());
afterAll(() => rmSync(directory, { recursive: true }));

function task(id: number): LayerTask {
  const digest = parseDigest(image.layerDigests[id] ?? '');
  const diffId = parseDigest(image.diffIds[id] ?? '');
  if (!digest || !diffId) throw new Error(`the image has no layer ${id}`);
  const file = join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
  return { id, location: { file, offset: 0, length: statSync(file).size }, claims: { digest, diffId } };
}

describe('a helping thread', () => {
  it('reads a layer as this thread does', async () => {
    helper = new LayerHelper(keep, new ReadBudget(defaultReadLimits));
    const there = await helper.scan(task(0), signal);
    const here = await scanLocation(task(0).location, task(0).claims, {
      keep,
      examiners: [],
      budget: new ReadBudget(defaultReadLimits),
      signal,
    });
    expect(there).toEqual(here);
    expect(there.table?.count).toBe(4);
    expect(there.table?.marks).toHaveLength(1);
  });

  it('says what is wrong with a layer', async () => {
    helper = new LayerHelper(keep, new ReadBudget(defaultReadLimits));
    const { table, problems } = await helper.scan(task(1), signal);
    expect(table).toBeUndefined();
    expect(problems).not.toEqual([]);
  });

  it('spends from the budget of all', async () => {
    const budget = new ReadBudget({ ...defaultReadLimits, maxEntries: 5 });
    helper = new LayerHelper(keep, budget);
    expect((await helper.scan(task(0), signal)).problems).toEqual([]);
    expect(budget.progress).toBe(task(0).location.length);
    const again = await scanLocation(task(0).location, task(0).claims, { keep, examiners: [], budget, signal });
    expect(again.problems).toMatchObject([{ code: 'image/limit-exceeded' }]);
  });

  it('fails what waits when the reading is stopped, and when it ends', async () => {
    helper = new LayerHelper(keep, new ReadBudget(defaultReadLimits));
    const stop = new AbortController();
    const stopped = helper.scan(task(0), stop.signal);
    stop.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
    const orphan = helper.scan(task(0), signal);
    await Promise.all([expect(orphan).rejects.toThrow('ended'), helper.close()]);
  });
});
