import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImageError } from '../../src/image/index.ts';
import {
  buildConfig,
  buildDockerArchive,
  buildOciLayout,
  buildTar,
  type ImageSpec,
  sha256,
} from '../fakes/image-builder.ts';
import { flip, good, place, read, readLayout } from './image-trial.ts';

describe('manifests and configurations that lie', () => {
  it.each<[string, (dir: string, built: { manifestDigest: string; imageId: string }) => void, string]>([
    [
      'other bytes under the manifest’s digest',
      (dir, built) => overwrite(dir, built.manifestDigest, (bytes) => flip(bytes, 20)),
      'digest-mismatch',
    ],
    [
      'other bytes under the configuration’s digest',
      (dir, built) => overwrite(dir, built.imageId, (bytes) => flip(bytes, 20)),
      'digest-mismatch',
    ],
    [
      'a longer manifest',
      (dir, built) => overwrite(dir, built.manifestDigest, (bytes) => Buffer.concat([bytes, Buffer.from(' ')])),
      'size-mismatch',
    ],
    ['a missing configuration', (dir, built) => rmSync(join(dir, 'blobs/sha256', built.imageId.slice(7))), 'not-found'],
    [
      'an index that is no JSON',
      (dir) => writeFileSync(join(dir, 'index.json'), '{"schemaVersion":2,'),
      'bad-manifest',
    ],
    [
      'an index nested a million deep',
      (dir) => writeFileSync(join(dir, 'index.json'), '['.repeat(1_000_000)),
      'bad-manifest',
    ],
    [
      'an index without manifests',
      (dir) => writeFileSync(join(dir, 'index.json'), '{"schemaVersion":2,"manifests":[]}'),
      'not-found',
    ],
    [
      'an index with a digest that is a path',
      (dir) =>
        writeFileSync(
          join(dir, 'index.json'),
          '{"schemaVersion":2,"manifests":[{"digest":"sha256:../../../etc/passwd","size":1}]}',
        ),
      'bad-manifest',
    ],
    ['an index that names itself', (dir) => nestForever(dir), 'bad-manifest'],
  ])('%s: a typed error', async (_, spoil, code) => {
    const dir = place();
    const [built] = buildOciLayout(dir, { layers: [good] });
    spoil(dir, built as { manifestDigest: string; imageId: string });
    await expect(read(`oci-layout:${dir}`)).rejects.toMatchObject({ code, name: 'ImageError' });
  });

  it.each<[string, ImageSpec, string]>([
    ['a manifest that is an index too', { layers: [good], manifest: { manifests: [] } }, 'bad-manifest'],
    ['a manifest of schema 1', { layers: [good], manifest: { schemaVersion: 1 } }, 'unsupported-media-type'],
    ['layers that are no list', { layers: [good], manifest: { layers: 'none' } }, 'bad-manifest'],
    [
      'a negative size',
      { layers: [good], manifest: { layers: [{ mediaType: '', digest: sha256(''), size: -1 }] } },
      'bad-manifest',
    ],
    [
      'fewer diff IDs than layers',
      { layers: [good], configuration: { rootfs: { type: 'layers', diff_ids: [] } } },
      'bad-manifest',
    ],
    [
      'a diff ID that is none',
      { layers: [good], configuration: { rootfs: { type: 'layers', diff_ids: ['md5:1'] } } },
      'bad-manifest',
    ],
    ['no root file system', { layers: [good], configuration: { rootfs: null } }, 'bad-manifest'],
  ])('%s: a typed error', async (_, image, code) => {
    await expect(readLayout(image)).rejects.toMatchObject({ code });
  });

  it('are a typed error or contents, whatever JSON they are', async () => {
    const dir = place();
    buildOciLayout(dir, { layers: [good] });
    const anything = fc.jsonValue({ maxDepth: 3 });
    const index = fc.record({
      schemaVersion: fc.constantFrom(2, 1, '2'),
      manifests: fc.array(fc.oneof(anything, fc.record({ digest: fc.constant(sha256('')), size: anything }))),
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, index), async (value) => {
        writeFileSync(join(dir, 'index.json'), JSON.stringify(value));
        await expect(read(`oci-layout:${dir}`)).rejects.toBeInstanceOf(ImageError);
      }),
      { numRuns: 150 },
    );
  });

  it('of a docker archive are a typed error or contents', async () => {
    const file = place();
    const layer = buildTar(good);
    const config = buildConfig({ layers: [] }, [sha256(layer)]);
    const text = fc.oneof(fc.string(), fc.constantFrom('c.json', 'l.tar', '../x', '/l.tar', './l.tar'));
    const image = fc.record(
      { Config: text, RepoTags: fc.option(fc.array(text)), Layers: fc.array(text, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    const streams = fc.boolean();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(image, { maxLength: 2 })),
        streams,
        async (manifest, zipped) => {
          const tar = buildTar([
            { file: 'l.tar', content: layer },
            { file: 'c.json', content: config },
            { file: 'manifest.json', content: JSON.stringify(manifest) },
          ]);
          writeFileSync(file, zipped ? gzipSync(tar) : tar);
          const contents = await read(`docker-archive:${file}`).catch((error: unknown) => error);
          if (contents instanceof Error) expect(contents).toBeInstanceOf(ImageError);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('archives that are spoiled', () => {
  it.each(['plain', 'gzip', 'zstd'] as const)(
    'are a typed error or a problem wherever a %s one is cut or flipped',
    async (compression) => {
      const file = place();
      buildDockerArchive(file, [{ layers: [good, [{ file: 'more', content: 'x'.repeat(700) }]], tag: 'a:1' }], {
        compression,
      });
      const whole = readFileSync(file);
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.boolean(), async (at, cuts) => {
          writeFileSync(file, cuts ? whole.subarray(0, at) : flip(whole, at));
          const contents = await read(`docker-archive:${file}`).catch((error: unknown) => error);
          if (contents instanceof Error) expect(contents).toBeInstanceOf(ImageError);
        }),
        { numRuns: 120 },
      );
    },
  );
});

function overwrite(dir: string, digest: string, change: (bytes: Buffer) => Uint8Array): void {
  const file = join(dir, 'blobs/sha256', digest.slice(7));
  writeFileSync(file, change(readFileSync(file)));
}

/** Five indexes, each in the other, with right digests. */
function nestForever(dir: string): void {
  for (let depth = 0; depth < 6; depth++) {
    const index = readFileSync(join(dir, 'index.json'));
    writeFileSync(join(dir, 'blobs/sha256', sha256(index).slice(7)), index);
    const manifests = [{ mediaType: '', digest: sha256(index), size: index.length }];
    writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  }
}
