import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatedRegistry, plainDocuments, startGatedRegistry } from '../engines/gated-registry.ts';
import { busyboxImage, describeWith, pushArtifact, pushBlob, pushImage, pushManifest } from '../engines/index.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const anonymous = { authorization: 'Bearer anonymous' };

describeWith(['registry', 'busybox', 'skopeo'], 'attacks on the registry gate', () => {
  let gate: GatedRegistry;
  let digest: string;
  let layer: string;
  let token: string;

  beforeAll(async () => {
    gate = await startGatedRegistry();
    await gate.apply(plainDocuments);
    digest = await certify('team/app', '1.0.0');
    layer = JSON.parse((await get(`/v2/team/app/manifests/${digest}`)).text).layers[0].digest;
    token = await gate.token('push');
  });
  afterAll(() => gate?.stop());

  async function certify(repository: string, tag: string, config: object = { Cmd: ['sh'] }): Promise<string> {
    const source = `${gate.upstream.host}/quarantine/${repository}:${tag}`;
    const pushed = await pushImage({ ...busyboxImage(), config }, source);
    const to = `${gate.upstream.host}/${repository}`;
    const { state } = await gate.services.certification.certify({ source, to }, new AbortController().signal);
    expect(state).toBe('certified');
    return pushed;
  }

  async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: Uint8Array | string) {
    const answer = await request(`http://${gate.host}${path}`, {
      method: method as 'GET',
      headers: { ...anonymous, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString('utf8') };
  }
  const get = (path: string, headers: Record<string, string> = {}) => ask('GET', path, headers);
  const asPusher = () => ({ authorization: `Bearer ${token}` });

  describe('by names', () => {
    it.each([
      ['a longer name', '/v2/team-evil/app/manifests/1.0.0', 404],
      ['the folder itself', '/v2/team/manifests/1.0.0', 404],
      ['upper case', '/v2/Team/app/manifests/1.0.0', 400],
      ['a way out', '/v2/team/../quarantine/team/app/manifests/1.0.0', 400],
      ['a way out, encoded', '/v2/team/%2e%2e/quarantine/team/app/manifests/1.0.0', 400],
      ['an empty part', '/v2/team//app/manifests/1.0.0', 400],
      ['the quarantine', '/v2/quarantine/team/app/manifests/1.0.0', 404],
      ['a trailing dot', '/v2/team/app./manifests/1.0.0', 400],
      ['a tag and a digest', '/v2/team/app/manifests/1.0.0@sha256:00', 400],
      ['a digest that is short', '/v2/team/app/manifests/sha256:00', 400],
      ['an upper-case digest', '/v2/team/app/blobs/SHA256:AB', 400],
      ['the list of all', '/v2/_catalog', 405],
    ])('%s leads nowhere', async (_name, path, status) => {
      // The client must not put the path right.
      const { port } = new URL(`http://${gate.host}`);
      const said = await raw(
        Number(port),
        `GET ${path} HTTP/1.1\r\nHost: ${gate.host}\r\nAuthorization: Bearer anonymous\r\nConnection: close\r\n\r\n`,
      );
      expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    });

    it('a host that no document names has no registry', async () => {
      const { port } = new URL(`http://${gate.host}`);
      const said = await raw(Number(port), `GET /v2/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
      expect(said).toContain('NAME_UNKNOWN');
    });
  });

  describe('for blobs', () => {
    it('of another repository are not had through this one', async () => {
      const other = await certify('team/secret', '1.0.0', { Cmd: ['secret'] });
      const { config } = JSON.parse((await get(`/v2/team/secret/manifests/${other}`)).text);
      for (const method of ['GET', 'HEAD']) {
        expect((await ask(method, `/v2/team/app/blobs/${config.digest}`)).status, method).toBe(404);
      }
      expect((await get(`/v2/team/secret/blobs/${config.digest}`)).status).toBe(200);
    });

    it('that lie in quarantine are for whoever may push', async () => {
      const pushed = await pushImage(
        { ...busyboxImage(), config: { Cmd: ['held'] } },
        `${gate.upstream.host}/quarantine/team/held:1`,
      );
      expect((await get('/v2/team/held/manifests/1')).status).toBe(404);
      expect((await get(`/v2/team/held/manifests/${pushed}`)).status).toBe(404);
      const seen = await get('/v2/team/held/manifests/1', asPusher());
      expect(seen.headers['docker-content-digest']).toBe(pushed);
      const { config } = JSON.parse(seen.text);
      expect((await get(`/v2/team/held/blobs/${config.digest}`)).status).toBe(404);
      expect((await get(`/v2/team/held/blobs/${config.digest}`, asPusher())).status).toBe(200);
    });

    it('a mount brings nothing that was not sent', async () => {
      const path = `/v2/team/mounted/blobs/uploads/?mount=${layer}&from=team/app`;
      const answer = await ask('POST', path, asPusher());
      expect(answer.status).toBe(202);
      expect((await ask('HEAD', `/v2/team/mounted/blobs/${layer}`, asPusher())).status).toBe(404);
    });

    it.each([
      ['bytes=0-9', 206, 10],
      ['bytes=5-5', 206, 1],
      ['bytes=-7', 206, 7],
      ['bytes=0-', 206, undefined],
      ['bytes=99999999999-', 416, undefined],
      ['bytes=0-1,3-4', 200, undefined],
      ['bytes=9-1', 200, undefined],
    ])('a range %s is answered as it must be', async (range, status, length) => {
      const whole = (await get(`/v2/team/app/blobs/${layer}`)).bytes;
      const part = await get(`/v2/team/app/blobs/${layer}`, { range });
      expect(part.status).toBe(status);
      if (length !== undefined) expect(part.bytes.length).toBe(length);
      if (status === 206) {
        const [, first = '', last = ''] = /^bytes (\d+)-(\d+)\//.exec(String(part.headers['content-range'])) ?? [];
        expect(part.bytes.equals(whole.subarray(Number(first), Number(last) + 1))).toBe(true);
      }
    });

    it('that rotted are never whole, nor is a range of them', async () => {
      const rotten = await certify('team/rotten', '1.0.0', { Cmd: ['rot'] });
      const { config } = JSON.parse((await get(`/v2/team/rotten/manifests/${rotten}`)).text);
      const file = join(
        gate.upstream.storage,
        'docker/registry/v2/blobs/sha256',
        config.digest.slice(7, 9),
        config.digest.slice(7),
        'data',
      );
      const bytes = readFileSync(file);
      bytes[10] = (bytes[10] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      for (const headers of [{}, { range: 'bytes=0-4' }] as Record<string, string>[]) {
        await expect(
          get(`/v2/team/rotten/blobs/${config.digest}`, headers).then(({ status }) => {
            if (status >= 400) throw new Error('refused');
          }),
        ).rejects.toThrow();
      }
    });
  });

  describe('by going around it', () => {
    it('a tag that somebody moves in the registry behind is not followed', async () => {
      await pushImage({ ...busyboxImage(), config: { Cmd: ['evil'] } }, `${gate.upstream.host}/team/app:1.0.0`);
      const answer = await get('/v2/team/app/manifests/1.0.0');
      expect(answer.headers['docker-content-digest']).toBe(digest);
    });

    it('an image that is pushed behind it is not had by its digest', async () => {
      const evil = await pushImage(
        { ...busyboxImage(), config: { Cmd: ['evil-2'] } },
        `${gate.upstream.host}/team/app:evil`,
      );
      expect((await get(`/v2/team/app/manifests/${evil}`)).status).toBe(404);
      expect((await get('/v2/team/app/manifests/evil')).status).toBe(404);
      expect((await get('/v2/team/app/tags/list')).text).not.toContain('evil');
    });

    it('an image that is dressed up as a signature is none', async () => {
      const evil = await pushImage(
        { ...busyboxImage(), config: { Cmd: ['evil-3'] } },
        `${gate.upstream.host}/team/app:evil`,
      );
      const tag = `${digest.replace(':', '-')}.sig`;
      const { text } = await fetchUpstream(`/v2/team/app/manifests/${evil}`);
      await pushManifest(gate.upstream.host, 'team/app', JSON.parse(text), tag);
      expect((await get(`/v2/team/app/manifests/${tag}`)).status).toBe(404);
      const subject = { digest, size: 1, mediaType: manifestType };
      const referrer = await pushManifest(gate.upstream.host, 'team/app', { ...JSON.parse(text), subject });
      expect((await get(`/v2/team/app/manifests/${referrer.digest}`)).status).toBe(404);
    });

    it('what vouches for a certified image is given, and for another not', async () => {
      const bytes = Buffer.from('{}');
      const mediaType = 'application/vnd.dsse.envelope.v1+json';
      await pushArtifact(gate.upstream.host, 'team/app', { bytes, mediaType, tag: `${digest.replace(':', '-')}.sbom` });
      const manifest = await get(`/v2/team/app/manifests/${digest.replace(':', '-')}.sbom`);
      expect(manifest.status).toBe(200);
      expect((await get(`/v2/team/app/blobs/${JSON.parse(manifest.text).layers[0].digest}`)).bytes).toEqual(bytes);
      const foreign = `sha256-${'ab'.repeat(32)}.sbom`;
      await pushArtifact(gate.upstream.host, 'team/app', { bytes, mediaType, tag: foreign });
      expect((await get(`/v2/team/app/manifests/${foreign}`)).status).toBe(404);
    });
  });

  describe('by pushing', () => {
    const put = (reference: string, document: object | string, type: string, headers = asPusher()) =>
      ask(
        'PUT',
        `/v2/team/push/manifests/${reference}`,
        { ...headers, 'content-type': type },
        typeof document === 'string' ? document : JSON.stringify(document),
      );

    it.each([
      [
        'a manifest and an index at once (CVE-2021-41190)',
        { schemaVersion: 2, mediaType: manifestType, config: {}, layers: [], manifests: [] },
        manifestType,
      ],
      ['an index that is sent as a manifest', { schemaVersion: 2, manifests: [] }, manifestType],
      [
        'a manifest that says it is an index',
        { schemaVersion: 2, mediaType: indexType, config: {}, layers: [] },
        manifestType,
      ],
      ['schema 1', { schemaVersion: 1, config: {}, layers: [] }, manifestType],
      ['no JSON', 'hello', manifestType],
      ['deep JSON', '['.repeat(100_000), manifestType],
      ['an unknown type', { schemaVersion: 2, config: {}, layers: [] }, 'text/html'],
    ])('%s is refused', async (_name, document, type) => {
      expect((await put('1', document, type)).status).toBe(400);
    });

    it('five megabytes of manifest are refused', async () => {
      const answer = await put('1', 'x'.repeat(5 * 2 ** 20), manifestType).catch(() => ({ status: 400 }));
      expect(answer.status).toBe(400);
    });

    it('needs a token of the role push', async () => {
      const manifest = { schemaVersion: 2, mediaType: manifestType, config: {}, layers: [] };
      expect((await put('1', manifest, manifestType, anonymous)).status).toBe(401);
      const pull = await gate.token('pull');
      expect((await put('1', manifest, manifestType, { authorization: `Bearer ${pull}` })).status).toBe(403);
      const wrong = await put('1', manifest, manifestType, { authorization: 'Bearer pw_token_wrong' });
      expect(wrong.status).toBe(401);
      expect(String(wrong.headers['www-authenticate'])).toContain(`realm="http://${gate.host}/token"`);
    });

    it.each(['team-evil/app', 'other/app', 'quarantine/team/app'])('to %s is refused', async (repository) => {
      expect((await ask('POST', `/v2/${repository}/blobs/uploads/`, asPusher())).status).toBe(404);
    });

    it('an upload is of one repository and one pusher', async () => {
      const begun = await ask('POST', '/v2/team/push/blobs/uploads/', asPusher());
      const session = String(begun.headers.location);
      expect(session).toMatch(/^\/v2\/team\/push\/blobs\/uploads\/[A-Za-z0-9_-]{20,}$/);
      const moved = session.replace('/push/', '/other/');
      expect((await ask('PATCH', moved, asPusher(), 'x')).status).toBe(404);
      const stranger = { authorization: `Bearer ${await gate.token('push')}` };
      expect((await ask('PATCH', session, stranger, 'x')).status).toBe(404);
      expect((await ask('PATCH', session, { ...asPusher(), 'content-range': '5-9' }, 'x')).status).toBe(416);
      expect((await ask('PATCH', session, asPusher(), 'hello')).status).toBe(202);
      const lie = `sha256:${'0'.repeat(64)}`;
      expect((await ask('PUT', `${session}?digest=${lie}`, asPusher())).status).toBe(400);
      expect((await ask('GET', session, asPusher())).status).toBe(404);
    });

    it('nothing is deleted through it', async () => {
      expect((await ask('DELETE', `/v2/team/app/manifests/${digest}`, asPusher())).status).toBe(405);
      expect((await ask('DELETE', `/v2/team/app/blobs/${layer}`, asPusher())).status).toBe(405);
    });

    it('an image whose layer is not what its configuration says is not certified', async () => {
      const bytes = gzipSync(Buffer.alloc(1024));
      const config = {
        architecture: 'amd64',
        os: 'linux',
        config: {},
        rootfs: { type: 'layers', diff_ids: [`sha256:${'1'.repeat(64)}`] },
      };
      const pushedConfig = await pushBlob(
        gate.upstream.host,
        'quarantine/team/lie',
        Buffer.from(JSON.stringify(config)),
        'application/vnd.oci.image.config.v1+json',
      );
      const pushedLayer = await pushBlob(
        gate.upstream.host,
        'quarantine/team/lie',
        bytes,
        'application/vnd.oci.image.layer.v1.tar+gzip',
      );
      const manifest = { schemaVersion: 2, mediaType: manifestType, config: pushedConfig, layers: [pushedLayer] };
      const answer = await ask(
        'PUT',
        '/v2/team/lie/manifests/1',
        { ...asPusher(), 'content-type': manifestType },
        JSON.stringify(manifest),
      );
      expect(answer.status).toBe(201);
      await expect
        .poll(() => gate.store.jobs.counts('certify').then(({ waiting, running }) => waiting + running), {
          timeout: 20_000,
        })
        .toBe(0);
      expect((await get('/v2/team/lie/manifests/1')).status).not.toBe(200);
    });
  });

  describe('by the protocol', () => {
    it.each([
      ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
      [
        'a length and chunks',
        'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v2/ HTTP/1.1\r\n\r\n',
      ],
      ['an obsolete fold', 'X-A: b\r\n c\r\n\r\n'],
      ['a bare line feed', 'X-A: b\nX-B: c\n\n'],
    ])('%s are not answered', async (_name, rest) => {
      const { port } = new URL(`http://${gate.host}`);
      const said = await raw(
        Number(port),
        `POST /v2/team/push/blobs/uploads/ HTTP/1.1\r\nHost: ${gate.host}\r\nAuthorization: Bearer ${token}\r\n${rest}`,
      );
      expect(said === '' || said.startsWith('HTTP/1.1 4')).toBe(true);
      expect(said.match(/^HTTP\/1\.1/gm)?.length ?? 0).toBeLessThanOrEqual(1);
    });

    it('a message holds no line of its own', async () => {
      const { text } = await get('/v2/team/app/manifests/nothing');
      expect(JSON.parse(text).errors[0].message).toMatch(/^portwarden: [^\r\n]+$/);
    });

    it('nothing of the registry behind is told but its name', async () => {
      const begun = await ask('POST', '/v2/team/push/blobs/uploads/', asPusher());
      expect(JSON.stringify(begun.headers)).not.toContain(gate.upstream.host);
      expect(JSON.stringify(begun.headers)).not.toContain('_state');
    });
  });

  it('keeps nothing of an attack in the registry behind it but in quarantine', () => {
    const repositories = readdirSync(join(gate.upstream.storage, 'docker/registry/v2/repositories'));
    expect(repositories.sort()).toEqual(['quarantine', 'team']);
  });

  async function fetchUpstream(path: string) {
    const answer = await request(`http://${gate.upstream.host}${path}`, { headers: { accept: manifestType } });
    return { text: await answer.body.text() };
  }
});

/** What a server says to bytes that no client would send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let said = '';
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (/\r\n\r\n/.test(said) && !said.startsWith('HTTP/1.1 1')) setTimeout(() => socket.destroy(), 200);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}
