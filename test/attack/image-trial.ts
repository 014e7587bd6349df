import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { createImageReader } from '../../src/image/index.ts';
import {
  defaultReadLimits,
  type ImageContents,
  parseSource,
  type ReadLimits,
  type Store,
} from '../../src/model/index.ts';
import type { Passport } from '../../src/model/wire/index.ts';
import { scan } from '../../src/service/index.ts';
import { buildOciLayout, type ImageSpec, type TarEntry } from '../fakes/image-builder.ts';

const directory = mkdtempSync(join(tmpdir(), 'hostile-images-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let count = 0;

/** A path of its own, which goes when the tests of the file are over. */
export const place = () => join(directory, String(count++));

/** What must be read whatever lies beside it. */
export const good: TarEntry[] = [
  { file: 'good', content: 'good' },
  { file: 'etc/os-release', content: 'ID=x' },
];

export function read(source: string, limits: Partial<ReadLimits> = {}): Promise<ImageContents> {
  return createImageReader()(parseSource(source), {
    platform: { os: 'linux', architecture: 'amd64' },
    wanted: {
      patterns: ['/etc/os-release', '**/wanted'],
      marks: [{ id: 'm', bytes: Buffer.from('MARK'), keep: 100 }],
    },
    limits: { ...defaultReadLimits, ...limits },
    signal: new AbortController().signal,
  });
}

/** What `portwarden scan` makes of a source, with files looked into; judged by the store where there is one. */
export async function readPassport(source: string, store?: Store): Promise<Passport> {
  const parts = { openImage: createImageReader(), clock: systemClock, ...(store ? { store } : {}) };
  const { passport } = await scan(parseSource(source), parts, {
    platform: { os: 'linux', architecture: 'amd64' },
    limits: defaultReadLimits,
    content: {},
    unwanted: [],
    signal: new AbortController().signal,
  });
  return passport;
}

/** Builds an OCI layout of the image and reads it. */
export function readLayout(image: ImageSpec, limits: Partial<ReadLimits> = {}): Promise<ImageContents> {
  const dir = place();
  buildOciLayout(dir, image);
  return read(`oci-layout:${dir}`, limits);
}

export function flip(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
}
