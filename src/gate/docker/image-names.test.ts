import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { createImageNames } from './image-names.ts';

it('keeps what the engine said for a minute, and of a thousand names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-names-'));
  try {
    let now = 0;
    const names = createImageNames(folder, () => now);
    expect(names.stamp()).toBeUndefined();
    writeFileSync(join(folder, 'repositories.json'), '{}');
    await new Promise((resolve) => setImmediate(resolve));
    const stamp = names.stamp() ?? '';
    const image = { id: digestOf('a'), repoDigests: [] };
    names.keep('app', stamp, image, ['app:latest']);
    now = 59_999;
    expect(names.recall('app', stamp)).toBe(image);
    expect(names.recall('app', `${stamp} `)).toBeUndefined();
    now = 60_000;
    expect(names.recall('app', stamp)).toBeUndefined();
    names.keep('app', stamp, image, ['app:latest']);
    for (let at = 0; at < 1000; at++) names.keep(`app:${at}`, stamp, image, [`app:${at}`]);
    expect(names.recall('app', stamp)).toBeUndefined();
    expect(names.recall('app:999', stamp)).toBe(image);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
