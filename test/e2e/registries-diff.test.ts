import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RegistryDiff } from '../../src/model/wire/index.ts';
import {
  busyboxImage,
  describeWith,
  type PushedArtifact,
  pushArtifact,
  pushBlob,
  pushImage,
  pushManifest,
  type RegistryServer,
  startRegistry,
} from '../engines/index.ts';
import { simpleSigningPayload } from '../fakes/simple-signing.ts';
import { indexType, manifestType } from './pushed-images.ts';
import { runPortwarden } from './running-portwarden.ts';

const repository = 'team/app';

describeWith(['registry', 'busybox', 'skopeo'], 'portwarden registries, at two real registries', () => {
  let main: RegistryServer;
  let mirror: RegistryServer;
  let directory: string;
  const at = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const portwarden = (...args: string[]) => runPortwarden(['--data', at('data'), ...args], {});

  beforeAll(async () => {
    [main, mirror] = await Promise.all([startRegistry(), startRegistry()]);
    directory = mkdtempSync(join(tmpdir(), 'pw-registries-diff-'));
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('cosign.key'));
    openssl('ec', '-in', at('cosign.key'), '-pubout', '-out', at('cosign.pub'));
    const pem = readFileSync(at('cosign.pub'), 'utf8');
    await apply(
      { kind: 'TrustRoot', metadata: { name: 'release' }, spec: { keys: [{ name: 'release', pem }] } },
      registryDocument('main', main.host),
      registryDocument('mirror', mirror.host),
    );
  });
  afterAll(async () => {
    await Promise.all([main?.stop(), mirror?.stop()]);
    rmSync(directory, { recursive: true, force: true });
  });

  function registryDocument(name: string, host: string) {
    const spec = { host, plainHttp: true, quarantine: 'quarantine', trusted: ['team/**'], trustRoots: ['release'] };
    return { kind: 'Registry', metadata: { name }, spec };
  }

  async function apply(...documents: readonly object[]): Promise<void> {
    const texts = documents.map((document) => JSON.stringify({ apiVersion: 'portwarden/v1', ...document }));
    writeFileSync(at('documents.yaml'), texts.join('\n---\n'));
    const { code, stderr } = await portwarden('apply', '-f', at('documents.yaml'));
    expect({ code, stderr }).toMatchObject({ code: 0 });
  }

  async function diff(...args: string[]) {
    const { code, stdout, stderr } = await portwarden('registries', 'diff', '--format', 'json', ...args);
    if (stdout === '') throw new Error(stderr);
    const answer = JSON.parse(stdout) as RegistryDiff;
    const rows = Object.fromEntries(answer.rows.map(({ tag, ...row }) => [tag, row]));
    const kinds = Object.fromEntries(
      answer.rows.map(({ tag, differences }) => [tag, differences.map(({ kind }) => kind)]),
    );
    return { code, answer, rows, kinds };
  }

  /** An image of which nothing but its configuration is ever read. */
  async function push(server: RegistryServer, tag: string | undefined, created: string, architecture = 'amd64') {
    const history = [{ created: '2026-01-01T00:00:00Z', created_by: 'base' }];
    const config = { os: 'linux', architecture, created, history, rootfs: { type: 'layers', diff_ids: [] } };
    const of = (value: string, type: string) => pushBlob(server.host, repository, Buffer.from(value), type);
    const document = {
      schemaVersion: 2,
      mediaType: manifestType,
      config: await of(JSON.stringify(config), 'application/vnd.oci.image.config.v1+json'),
      layers: [await of('a layer', 'application/vnd.oci.image.layer.v1.tar')],
    };
    const pushed = await pushManifest(server.host, repository, document, tag);
    return { ...pushed, platform: { os: 'linux', architecture } };
  }

  const pushIndex = (server: RegistryServer, tag: string, manifests: readonly PushedArtifact[]) => {
    const index = { schemaVersion: 2, mediaType: indexType, manifests };
    return pushManifest(server.host, repository, index, tag);
  };

  /** As `cosign sign --key`, by openssl. */
  async function sign(server: RegistryServer, digest: string): Promise<void> {
    const payload = simpleSigningPayload(`${server.host}/${repository}`, digest);
    writeFileSync(at('payload.json'), payload);
    const signature = openssl('dgst', '-sha256', '-sign', at('cosign.key'), at('payload.json')).toString('base64');
    await pushArtifact(server.host, repository, {
      bytes: payload,
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      annotations: { 'dev.cosignproject.cosign/signature': signature },
      tag: `${digest.replace(':', '-')}.sig`,
    });
  }

  const [january, february] = ['2026-01-15T00:00:00Z', '2026-02-15T00:00:00Z'];

  it('are listed with whether they answer', async () => {
    const { code, stdout } = await portwarden('registries', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`main +${main.host} +team/\\*\\* +yes`));
  });

  it('differ in digest, platforms, age and signatures, and not in what is the same', async () => {
    const same = await push(main, 'same', january);
    expect((await push(mirror, 'same', january)).digest).toBe(same.digest);
    await push(main, 'moved', february);
    await push(mirror, 'moved', january);
    await push(main, 'only-here', january);
    for (const server of [main, mirror]) {
      const images = [await push(server, undefined, january), await push(server, undefined, january, 's390x')];
      await pushIndex(server, 'index', server === main ? images : images.slice(0, 1));
    }
    const signed = await push(main, 'signed', '2026-02-01T00:00:00Z');
    await push(mirror, 'signed', '2026-02-01T00:00:00Z');
    await sign(main, signed.digest);

    const { code, answer, rows, kinds } = await diff(repository);
    expect(kinds).toEqual({
      same: [],
      moved: ['different-digest', 'older-build'],
      'only-here': [],
      index: ['different-digest', 'platform-missing'],
      signed: ['unsigned'],
    });
    expect({ code, ...answer }).toMatchObject({ code: 1, different: 3, unknown: 0, failures: [], left: null });
    expect(rows['index']?.cells.map(({ platforms }) => platforms)).toEqual([
      ['linux/amd64', 'linux/s390x'],
      ['linux/amd64'],
    ]);
    expect(rows['signed']?.cells.map(({ signed: by, digest }) => [by, digest])).toEqual([
      [true, signed.digest],
      [false, signed.digest],
    ]);
    expect(rows['only-here']?.cells.map(({ state }) => state)).toEqual(['present', 'absent']);
    const { stdout, stderr } = await portwarden('registries', 'diff', repository);
    expect(stdout).toMatch(/team\/app:signed .* signed in main, not by whom mirror trusts/);
    expect(stderr).toMatch(/5 tags in main, mirror: 3 differ/);
  });

  it('differ where one has what is certified and another has not, in whatever was ever certified', async () => {
    await pushImage(busyboxImage(), `${main.host}/quarantine/team/web:1`);
    const certified = await portwarden(
      'certify',
      `${main.host}/quarantine/team/web:1`,
      '--to',
      `${main.host}/team/web`,
    );
    expect({ code: certified.code, said: certified.stderr }).toMatchObject({ code: 0 });
    const { code, rows, kinds, answer } = await diff();
    expect({ code, kinds }).toEqual({ code: 1, kinds: { '1': ['certified-absent'] } });
    expect(rows['1']).toMatchObject({
      repository: 'team/web',
      cells: [{ state: 'present', certificate: 'certified', signed: false, message: null }, { state: 'absent' }],
    });
    expect(answer.unknown).toBe(0);
  });

  it('that do not answer are unknown, and never said to lack anything', async () => {
    await apply(registryDocument('gone', '127.0.0.1:9'));
    const all = await diff('team/web', '--registry', 'main', '--registry', 'gone');
    expect(all.kinds).toEqual({ '1': [] });
    expect(all.rows['1']?.cells.map(({ state }) => state)).toEqual(['present', 'unknown']);
    expect(all.answer.failures).toMatchObject([{ registry: 'gone', message: expect.stringContaining('127.0.0.1:9') }]);
    expect(all.code).toBe(3);
    const { stdout } = await portwarden('registries', 'list');
    expect(stdout).toMatch(/gone .* no: .*127\.0\.0\.1:9/);
  });
});
