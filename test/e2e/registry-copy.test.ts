import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/index.ts';
import { createImageReader } from '../../src/image/index.ts';
import { type CopiedImage, type CopyOptions, copyImage } from '../../src/image/registry/copy-image.ts';
import { listContents } from '../../src/image/registry/list-contents.ts';
import { createRegistryClient } from '../../src/image/registry/registry-client.ts';
import { createRegistryWriter } from '../../src/image/registry/registry-writer.ts';
import { defaultReadLimits, type PinnedReference, parseSource, platformOfNode } from '../../src/model/index.ts';
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
import { anybody, blobFile, manifestType, pushIndex, signal, unfinished } from './pushed-images.ts';

const limits = { maxManifestBytes: 4 * 2 ** 20, stallTimeout: 20_000, signal };
const options: CopyOptions = { ...limits, source: anybody, target: anybody };

/** All that an image consists of. */
async function contentsOf(image: PinnedReference) {
  const client = createRegistryClient(image, anybody, limits.stallTimeout);
  try {
    return await listContents(client, image, limits);
  } finally {
    await client.close();
  }
}

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
