import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/index.ts';
import { createImageReader, type RegistryWriter } from '../../src/image/index.ts';
import { type CopiedImage, type CopyOptions, copyImage } from '../../src/image/registry/copy-image.ts';
import { listContents } from '../../src/image/registry/list-contents.ts';
import { pushArtifact } from '../../src/image/registry/push-artifact.ts';
import { createRegistryClient } from '../../src/image/registry/registry-client.ts';
import { createRegistryWriter } from '../../src/image/registry/registry-writer.ts';
import { defaultReadLimits, parseSource, platformOfNode } from '../../src/model/index.ts';
import {
  busyboxImage,
  describeWith,
  filesLayer,
  pushImage,
  type RegistryServer,
  registryLogin,
  startRegistry,
} from '../engines/index.ts';
import { makeScratch } from '../engines/scratch.ts';

const signal = new AbortController().signal;
const anybody = { credentialFile: false } as const;
const limits = { maxManifestBytes: 4 * 2 ** 20, stallTimeout: 20_000, signal };
const options: CopyOptions = { ...limits, source: anybody, target: anybody };
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/** All that an image consists of. */
async function contentsOf(image: { registry: string; repository: string; digest: Digest }) {
  const client = createRegistryClient(image, anybody, limits.stallTimeout);
  try {
    return await listContents(client, image, limits);
  } finally {
    await client.close();
  }
}

async function* inPieces(bytes: Uint8Array, size = 64 * 1024): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Uploads that a registry has begun in a repository and still waits for; of those given up it keeps empty directories. */
function unfinished(server: RegistryServer, repository: string): readonly string[] {
  const directory = join(server.storage, 'docker/registry/v2/repositories', repository, '_uploads');
  return existsSync(directory)
    ? readdirSync(directory).filter((id) => existsSync(join(directory, id, 'startedat')))
    : [];
}

function blobFile(server: RegistryServer, digest: string): string {
  const hex = digest.slice('sha256:'.length);
  return join(server.storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
}

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
});

describeWith(['registry', 'busybox', 'skopeo'], 'an image that is copied', () => {
  let from: RegistryServer;
  let to: RegistryServer;
  let pushed: Digest;
  let index: Digest;
  const source = (digest: Digest) => ({ image: { registry: from.host, repository: 'fleet/busybox', digest } });

  beforeAll(async () => {
    [from, to] = await Promise.all([startRegistry(), startRegistry()]);
    pushed = await pushImage(busyboxImage(), `${from.host}/fleet/busybox:1`);
    index = await pushIndex(from, pushed);
  });
  afterAll(() => Promise.all([from?.stop(), to?.stop()]));

  function copy(digest: Digest, target: RegistryServer, repository: string, tags: readonly string[]) {
    return copyImage(source(digest), { image: { registry: target.host, repository }, tags }, options);
  }

  it('to another registry is the same there, and is not sent twice', async () => {
    const progress: number[] = [];
    const target = { image: { registry: to.host, repository: 'prod/busybox' }, tags: ['1', 'stable'] };
    const copied = await copyImage(source(pushed), target, { ...options, onProgress: (sent) => progress.push(sent) });
    expect(copied).toEqual({ digest: pushed, bytes: progress.at(-1), blobs: 2 });
    for (const tag of ['1', 'stable']) {
      const contents = await open(`${to.host}/prod/busybox:${tag}`);
      expect(contents.problems).toEqual([]);
      expect(contents.identity).toMatchObject({ manifestDigest: pushed });
      await contents.close();
    }
    const again = await copy(pushed, to, 'prod/busybox', ['1', 'new']);
    expect(again).toEqual({ digest: pushed, bytes: 0, blobs: 0 });
  });

  it('with an index brings the images of all platforms', async () => {
    const copied = await copy(index, to, 'prod/all', ['1']);
    expect(copied).toMatchObject({ digest: index, blobs: 4 });
    const contents = await open(`${to.host}/prod/all:1`);
    expect(contents.identity).toMatchObject({ manifestDigest: pushed, indexDigest: index });
    await contents.close();
    const here = await contentsOf(source(index).image);
    const there = await contentsOf({ registry: to.host, repository: 'prod/all', digest: index });
    expect(there).toEqual(here);
    expect(there.documents.map(({ digest }) => digest)).toEqual([expect.any(String), pushed, index]);
    expect(there.documents[0]).toMatchObject({
      mediaType: manifestType,
      platform: { os: 'linux', architecture: 's390x' },
    });
    for (const { digest, size } of there.blobs) expect(statSync(blobFile(to, digest)).size).toBe(size);
  });

  it('within one registry is mounted', async () => {
    const copied = await copy(index, from, 'prod/busybox', ['1']);
    expect(copied).toEqual({ digest: index, bytes: 0, blobs: 0 });
    const contents = await open(`${from.host}/prod/busybox:1`);
    expect(contents.problems).toEqual([]);
    await contents.close();
  });

  it('within one repository gets its tags', async () => {
    expect(await copy(pushed, from, 'fleet/busybox', ['certified'])).toMatchObject({ bytes: 0, blobs: 0 });
    const contents = await open(`${from.host}/fleet/busybox:certified`);
    expect(contents.identity).toMatchObject({ manifestDigest: pushed });
    await contents.close();
  });

  it('is not, where a layer has rotted: no tag, no manifest, nothing unfinished', async () => {
    const layer = filesLayer('rotting-1', { 'etc/rot': 'rot' });
    const rotten = await pushImage({ ...busyboxImage(), layers: [layer] }, `${from.host}/fleet/busybox:rotten`);
    const { blobs } = await contentsOf(source(rotten).image);
    const file = blobFile(from, blobs.at(-1)?.digest ?? '');
    const bytes = readFileSync(file);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(copy(rotten, to, 'prod/rotten', ['1'])).rejects.toMatchObject({ code: 'digest-mismatch' });
    const writer = createRegistryWriter({ registry: to.host, repository: 'prod/rotten' }, anybody, 20_000);
    expect(await writer.hasManifest('1', signal)).toBeUndefined();
    expect(await writer.hasManifest(rotten, signal)).toBeUndefined();
    expect(unfinished(to, 'prod/rotten')).toEqual([]);
    await writer.close();
  });

  it('is not, where there is none or a tag is none', async () => {
    await expect(copy(digestOf('none'), to, 'prod/none', [])).rejects.toMatchObject({ code: 'not-found' });
    await expect(copy(pushed, to, 'prod/none', ['a/b'])).rejects.toMatchObject({ code: 'bad-reference' });
  });

  describe.each(['basic', 'bearer'] as const)('to a registry that asks for a login by %s', (auth) => {
    let closed: RegistryServer;
    const scratch = makeScratch('push-login');

    beforeAll(async () => {
      closed = await startRegistry({ auth });
    });
    afterAll(async () => {
      await closed?.stop();
      await scratch.remove();
    });

    function login(password: string) {
      const file = join(scratch.path, `${password}.json`);
      const pair = Buffer.from(`${registryLogin.username}:${password}`).toString('base64');
      writeFileSync(file, JSON.stringify({ auths: { [closed.host]: { auth: pair } } }));
      return { credentialFile: file };
    }

    const deliver = (target: CopyOptions['target']): Promise<CopiedImage> =>
      copyImage(
        source(index),
        { image: { registry: closed.host, repository: 'prod/busybox' }, tags: ['1'] },
        { ...limits, source: anybody, ...(target ? { target } : {}) },
      );

    it('is refused without one, and with a wrong one', async () => {
      await expect(deliver(anybody)).rejects.toMatchObject({
        code: 'unauthorized',
        remedy: expect.stringContaining(`docker login ${closed.host}`),
      });
      await expect(deliver(login('wrong'))).rejects.toMatchObject({ code: 'unauthorized' });
    });

    it('is taken with the right one, mounted from there, and deleted', async () => {
      const right = login(registryLogin.password);
      expect(await deliver(right)).toMatchObject({ digest: index, blobs: 4 });
      const there = { registry: closed.host, repository: 'prod/busybox', digest: index };
      const next = { registry: closed.host, repository: 'prod/next' };
      const both = { ...limits, source: right, target: right };
      expect(await copyImage({ image: there }, { image: next, tags: ['1'] }, both)).toMatchObject({ blobs: 0 });
      const writer = createRegistryWriter(next, right, 20_000);
      expect(await writer.hasManifest('1', signal)).toBe(index);
      expect(await writer.mountBlob(digestOf('nowhere'), 'prod/busybox', signal)).toBe(false);
      expect(unfinished(closed, 'prod/next')).toEqual([]);
      expect(await writer.deleteManifest(index, signal)).toBe(true);
      expect(await writer.hasManifest('1', signal)).toBeUndefined();
      await writer.close();
    });
  });
});

function open(reference: string) {
  return createImageReader({ registry: anybody })(parseSource(`registry:${reference}`), {
    platform: platformOfNode(process.arch),
    wanted: { patterns: ['/etc/passwd'], marks: [] },
    limits: defaultReadLimits,
    signal,
  });
}

/** Pushes the blobs of a small image, and gives its manifest, which is not pushed. */
async function pushSmall(writer: RegistryWriter, name: string): Promise<{ bytes: Buffer; digest: Digest }> {
  const blob = async (text: string, mediaType: string) => {
    const bytes = Buffer.from(text);
    await writer.putBlob(digestOf(bytes), bytes.length, async () => inPieces(bytes), signal);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  const config = await blob(`{"name":"${name}"}`, 'application/vnd.oci.image.config.v1+json');
  const layers = [await blob(`layer of ${name}`, 'application/vnd.oci.image.layer.v1.tar')];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }));
  return { bytes, digest: digestOf(bytes) };
}

/** An index of a small image for another platform, and the image that was pushed. */
async function pushIndex(server: RegistryServer, digest: Digest): Promise<Digest> {
  const writer = createRegistryWriter({ registry: server.host, repository: 'fleet/busybox' }, anybody, 20_000);
  const other = await pushSmall(writer, 'other');
  await writer.putManifest(other.digest, other.bytes, manifestType, signal);
  const { bytes } = await writer.manifest(digest, 100_000, signal);
  const entry = (of: { bytes: Buffer; digest: Digest }, os: string, architecture: string) => ({
    mediaType: manifestType,
    digest: of.digest,
    size: of.bytes.length,
    platform: { os, architecture },
  });
  const mine = platformOfNode(process.arch);
  const manifests = [entry(other, 'linux', 's390x'), entry({ bytes, digest }, mine.os, mine.architecture)];
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
  const pushed = await writer.putManifest('all', index, indexType, signal);
  await writer.close();
  return pushed;
}
