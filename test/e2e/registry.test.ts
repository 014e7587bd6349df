import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageReader, type RegistryOptions } from '../../src/image/index.ts';
import {
  defaultReadLimits,
  type ImageContents,
  parseSource,
  platformOfNode,
  type ReadOptions,
} from '../../src/model/index.ts';
import {
  busyboxImage,
  describeWith,
  pushImage,
  type RegistryServer,
  registryLogin,
  startRegistry,
} from '../engines/index.ts';

const options: ReadOptions = {
  platform: platformOfNode(process.arch),
  wanted: { patterns: ['/etc/passwd'], marks: [] },
  limits: defaultReadLimits,
  signal: new AbortController().signal,
};

function open(source: string, registry: RegistryOptions = { credentialFile: false }): Promise<ImageContents> {
  return createImageReader({ registry })(parseSource(source), options);
}

describeWith(['registry', 'busybox', 'skopeo'], 'a real registry', () => {
  describe('that is open to all', () => {
    let server: RegistryServer;
    let pushed: string;
    let indexDigest: string;

    beforeAll(async () => {
      server = await startRegistry();
      pushed = await pushImage(busyboxImage(), `${server.host}/fleet/busybox:1`);
      indexDigest = await pushIndex(server.host, pushed);
    });
    afterAll(() => server?.stop());

    it.each(['gzip', 'zstd'] as const)('hands out an image with layers in %s', async (compression) => {
      const digest = await pushImage(busyboxImage(), `${server.host}/fleet/${compression}:1`, { compression });
      const contents = await open(`registry:${server.host}/fleet/${compression}:1`);
      expect(contents.problems).toEqual([]);
      expect(contents.identity).toMatchObject({
        manifestDigest: digest,
        references: [`${server.host}/fleet/${compression}:1`],
      });
      expect(Buffer.from((await contents.read('/etc/passwd', 1000)) ?? []).toString()).toContain('harbor:x:1000');
      await contents.close();
    });

    it('hands out an image by its digest, and without a tag as latest', async () => {
      const byDigest = await open(`${server.host}/fleet/busybox@${pushed}`);
      expect(byDigest.identity?.references).toEqual([`${server.host}/fleet/busybox@${pushed}`]);
      await pushImage(busyboxImage(), `${server.host}/fleet/busybox:latest`);
      const latest = await open(`${server.host}/fleet/busybox`);
      expect(latest.identity?.imageId).toBe(byDigest.identity?.imageId);
      expect(latest.identity?.references).toEqual([`${server.host}/fleet/busybox:latest`]);
    });

    it('hands out the image of this platform out of an index', async () => {
      const contents = await open(`${server.host}/fleet/busybox:all`);
      expect(contents.identity).toMatchObject({ manifestDigest: pushed, indexDigest });
      const elsewhere = { ...options, platform: { os: 'plan9', architecture: 'mips' } };
      const reader = createImageReader({ registry: { credentialFile: false } });
      await expect(reader(parseSource(`${server.host}/fleet/busybox:all`), elsewhere)).rejects.toMatchObject({
        code: 'platform-missing',
      });
    });

    it('says what it does not have', async () => {
      await expect(open(`${server.host}/fleet/busybox:2`)).rejects.toMatchObject({ code: 'not-found' });
      await expect(open(`${server.host}/nobody/home:1`)).rejects.toMatchObject({ code: 'not-found' });
    });

    it('whose layer rots on disk gives a problem, and no wrong files', async () => {
      await pushImage({ ...busyboxImage(), config: { Cmd: ['sh'] } }, `${server.host}/fleet/rotten:1`);
      truncateSync(largestBlob(server.storage), 1000);
      const contents = await open(`${server.host}/fleet/rotten:1`);
      expect(contents.problems.length).toBeGreaterThan(0);
      await contents.close();
    });

    it('that is gone is unreachable', async () => {
      const other = await startRegistry();
      await other.stop();
      await expect(open(`${other.host}/fleet/busybox:1`)).rejects.toMatchObject({ code: 'unreachable' });
    });
  });

  describe.each(['basic', 'bearer'] as const)('that asks for a login by %s', (auth) => {
    let server: RegistryServer;
    let directory: string;

    beforeAll(async () => {
      server = await startRegistry({ auth });
      directory = mkdtempSync(join(tmpdir(), 'pw-login-'));
      await pushImage(busyboxImage(), `${server.host}/fleet/busybox:1`, { login: registryLogin });
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    function credentialFile(password: string): string {
      const file = join(directory, `${password}.json`);
      const pair = Buffer.from(`${registryLogin.username}:${password}`).toString('base64');
      writeFileSync(file, JSON.stringify({ auths: { [server.host]: { auth: pair } } }));
      return file;
    }

    it('opens to the right one', async () => {
      const file = credentialFile(registryLogin.password);
      const contents = await open(`${server.host}/fleet/busybox:1`, { credentialFile: file });
      expect(contents.problems).toEqual([]);
      expect(contents.resolve('/bin/sh')?.path).toBe('/bin/busybox');
      await contents.close();
    });

    it('stays closed to the wrong one, and says whose it was', async () => {
      const file = credentialFile('wrong');
      await expect(open(`${server.host}/fleet/busybox:1`, { credentialFile: file })).rejects.toMatchObject({
        code: 'unauthorized',
        remedy: expect.stringContaining(file),
      });
    });

    it('stays closed to none, and says how to log in', async () => {
      await expect(open(`${server.host}/fleet/busybox:1`)).rejects.toMatchObject({
        code: 'unauthorized',
        remedy: expect.stringContaining(`docker login ${server.host}`),
      });
    });
  });
});

/** Puts an index beside the manifest, with another platform and an attestation before it. */
async function pushIndex(host: string, digest: string): Promise<string> {
  const manifest = await request(`http://${host}/v2/fleet/busybox/manifests/${digest}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  const size = (await manifest.body.arrayBuffer()).byteLength;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const at = (os: string, architecture: string) => ({ mediaType, digest, size, platform: { os, architecture } });
  const mine = platformOfNode(process.arch);
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [at('unknown', 'unknown'), at('linux', 's390x'), at(mine.os, mine.architecture)],
  };
  const answer = await request(`http://${host}/v2/fleet/busybox/manifests/all`, {
    method: 'PUT',
    headers: { 'content-type': index.mediaType },
    body: JSON.stringify(index),
  });
  await answer.body.dump();
  return String(answer.headers['docker-content-digest']);
}

function largestBlob(storage: string): string {
  const files = readdirSync(storage, { recursive: true, encoding: 'utf8' })
    .map((name) => join(storage, name))
    .filter((path) => path.endsWith('/data'));
  const [largest] = files.sort((a, b) => statSync(b).size - statSync(a).size);
  if (largest === undefined) throw new Error('the registry keeps no blobs');
  return largest;
}
