import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { digestOf } from '../../src/base/index.ts';
import type { RegistryWriter } from '../../src/image/index.ts';
import { pushArtifact } from '../../src/image/registry/push-artifact.ts';
import { createRegistryClient } from '../../src/image/registry/registry-client.ts';
import { createRegistryWriter } from '../../src/image/registry/registry-writer.ts';
import { describeWith, type RegistryServer, startRegistry } from '../engines/index.ts';
import {
  anybody,
  blobFile,
  indexType,
  inPieces,
  manifestType,
  pushSmall,
  signal,
  unfinished,
} from './pushed-images.ts';

describeWith(['registry'], 'a repository of a real registry', () => {
  let server: RegistryServer;
  let writer: RegistryWriter;
  const at = (repository: string) => createRegistryWriter({ registry: server.host, repository }, anybody, 20_000);
  const put = (bytes: Uint8Array, digest = digestOf(bytes), size = bytes.byteLength) =>
    writer.putBlob(digest, size, async () => inPieces(bytes), signal);

  beforeAll(async () => {
    server = await startRegistry();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    writer = await at('fleet/app');
  });
  afterEach(() => writer.close());

  it.each([0, 1, 65_536, 30 * 2 ** 20])('takes a blob of %i bytes', async (size) => {
    const bytes = Buffer.alloc(size, `${size} bytes`);
    expect(await writer.hasBlob(digestOf(bytes), signal)).toBe(false);
    await put(bytes);
    expect(await writer.hasBlob(digestOf(bytes), signal)).toBe(true);
    expect(digestOf(readFileSync(blobFile(server, digestOf(bytes))))).toBe(digestOf(bytes));
    expect(unfinished(server, 'fleet/app')).toEqual([]);
  });

  it('takes a blob by its sha512', async () => {
    const bytes = Buffer.from('by another algorithm');
    const digest = digestOf(bytes, 'sha512');
    await put(bytes, digest);
    expect(await writer.hasBlob(digest, signal)).toBe(true);
  });

  const large = Buffer.alloc(3_000_000, 'not what it should be ');
  it.each([
    ['another digest', 'digest-mismatch', digestOf('another'), large.length],
    ['more bytes', 'size-mismatch', digestOf('longer'), 2_000_000],
    ['bytes where there should be none', 'size-mismatch', digestOf('none'), 0],
  ] as const)('does not get a blob with %s, and is told so', async (_, code, digest, size) => {
    await expect(put(large, digest, size)).rejects.toMatchObject({ code });
    expect(await writer.hasBlob(digest, signal)).toBe(false);
    expect(unfinished(server, 'fleet/app')).toEqual([]);
  });

  it('does not get a blob with fewer bytes', async () => {
    const digest = digestOf(large);
    await expect(put(large, digest, 4_000_000)).rejects.toMatchObject({ code: 'size-mismatch' });
    expect(await writer.hasBlob(digest, signal)).toBe(false);
  });

  it('does not get a stream that breaks off, and what broke it is told', async () => {
    const digest = digestOf('whole');
    const broken = new Error('the disk is gone');
    async function* breaking(): AsyncIterable<Uint8Array> {
      yield Buffer.alloc(100_000);
      throw broken;
    }
    await expect(writer.putBlob(digest, 200_000, async () => breaking(), signal)).rejects.toBe(broken);
    const refusing = () => Promise.reject(broken);
    await expect(writer.putBlob(digest, 200_000, refusing, signal)).rejects.toBe(broken);
    expect(await writer.hasBlob(digest, signal)).toBe(false);
  });

  it('does not get what the caller has enough of, and takes the next blob', async () => {
    const controller = new AbortController();
    let isClosed = false;
    async function* endless(): AsyncIterable<Uint8Array> {
      try {
        for (let pieces = 0; ; pieces++) {
          if (pieces === 10) controller.abort();
          yield Buffer.alloc(65_536);
        }
      } finally {
        isClosed = true;
      }
    }
    const work = writer.putBlob(digestOf('endless'), 2 ** 40, async () => endless(), controller.signal);
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
    expect(isClosed).toBe(true);
    await put(Buffer.from('the next'));
  });

  it('mounts a blob of another one, and gives up what it does not have', async () => {
    const bytes = Buffer.from('to be mounted');
    await put(bytes);
    const other = await at('harbor/other');
    expect(await other.hasBlob(digestOf(bytes), signal)).toBe(false);
    expect(await other.mountBlob(digestOf(bytes), 'fleet/app', signal)).toBe(true);
    expect(await other.hasBlob(digestOf(bytes), signal)).toBe(true);
    expect(await other.mountBlob(digestOf('nowhere'), 'fleet/app', signal)).toBe(false);
    expect(unfinished(server, 'harbor/other')).toEqual([]);
    await other.close();
  });

  it('takes, names and deletes manifests', async () => {
    const { bytes, digest } = await pushSmall(writer, 'deleted');
    expect(await writer.hasManifest('1', signal)).toBeUndefined();
    expect(await writer.putManifest('1', bytes, manifestType, signal)).toBe(digest);
    expect(await writer.hasManifest('1', signal)).toBe(digest);
    expect(await writer.hasManifest(digest, signal)).toBe(digest);
    expect(await writer.deleteManifest(digest, signal)).toBe(true);
    expect(await writer.hasManifest('1', signal)).toBeUndefined();
    expect(await writer.deleteManifest(digest, signal)).toBe(true);
  });

  it('does not get a manifest under a digest that is not its own', async () => {
    const { bytes } = await pushSmall(writer, 'misnamed');
    const work = writer.putManifest(digestOf('another'), bytes, manifestType, signal);
    await expect(work).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('says why it does not take a manifest whose layers it lacks', async () => {
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf('lacking'), size: 7 };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [] }));
    await expect(writer.putManifest('1', bytes, manifestType, signal)).rejects.toMatchObject({
      code: 'bad-response',
      message: expect.stringContaining('BLOB_UNKNOWN'),
    });
  });

  it.each(['../../etc', 'a b', 'a@b', `t@${digestOf('x')}`, 'a/b', ''])('has no tag "%s"', async (tag) => {
    const work = writer.putManifest(tag, Buffer.from('{}'), manifestType, signal);
    await expect(work).rejects.toMatchObject({ code: 'bad-reference' });
  });

  it('keeps artifacts beside an image, listed by the tag that stands in for the referrers API', async () => {
    const { bytes, digest } = await pushSmall(writer, 'signed');
    const subject = { digest, size: bytes.length, mediaType: manifestType };
    await writer.putManifest('signed', bytes, manifestType, signal);
    const artifactType = 'application/vnd.example.note';
    const artifact = { mediaType: 'text/plain', artifactType, subject };
    const first = await pushArtifact(writer, { ...artifact, bytes: Buffer.from('one') }, signal);
    const second = await pushArtifact(writer, { ...artifact, bytes: Buffer.from('two') }, signal);
    await pushArtifact(writer, { ...artifact, bytes: Buffer.from('two') }, signal);
    const client = createRegistryClient({ registry: server.host, repository: 'fleet/app' }, anybody, 20_000);
    const index = JSON.parse(String(await client.referrers(digest, 100_000, signal)));
    expect(index).toEqual({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [first, second].map((pushed) => ({ ...pushed, artifactType })),
    });
    const manifest = JSON.parse(String((await client.manifest(second.digest, 100_000, signal)).bytes));
    expect(manifest).toMatchObject({
      artifactType,
      subject,
      config: { mediaType: 'application/vnd.oci.empty.v1+json' },
    });
    expect(String(await client.smallBlob(manifest.layers[0].digest, 100, signal))).toBe('two');
    await client.close();
  });

  it('keeps an artifact under a tag, as an image that older registries take', async () => {
    const tag = `${digestOf('any').replace(':', '-')}.sig`;
    const annotations = { 'dev.cosignproject.cosign/signature': 'c2ln' };
    const artifact = { bytes: Buffer.from('payload'), mediaType: 'text/plain', artifactType: 'any', annotations, tag };
    const { digest } = await pushArtifact(writer, artifact, signal);
    expect(await writer.hasManifest(tag, signal)).toBe(digest);
    const manifest = JSON.parse(String((await writer.manifest(tag, 100_000, signal)).bytes));
    expect(manifest).toMatchObject({
      config: { mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: [{ annotations }],
    });
    expect(manifest).not.toHaveProperty('subject');
  });

  it('keeps the signatures of others under the same tag, where it is to', async () => {
    const tag = `${digestOf('all').replace(':', '-')}.sig`;
    const of = (signature: string) => ({ 'dev.cosignproject.cosign/signature': signature });
    const artifact = { bytes: Buffer.from('payload'), mediaType: 'text/plain', artifactType: 'any', tag };
    const push = (signature: string, append: boolean) =>
      pushArtifact(writer, { ...artifact, annotations: of(signature), append }, signal);
    const signatures = async () => {
      const { layers } = JSON.parse(String((await writer.manifest(tag, 100_000, signal)).bytes));
      return layers.map((layer: { annotations: object }) => Object.values(layer.annotations)[0]);
    };
    for (const signature of ['first', 'second', 'first']) await push(signature, true);
    expect(await signatures()).toEqual(['second', 'first']);
    await push('third', false);
    expect(await signatures()).toEqual(['third']);
  });
});
