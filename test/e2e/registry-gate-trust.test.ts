import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRegistries } from '../../src/image/index.ts';
import { defaultReadLimits, platformOfNode } from '../../src/model/index.ts';
import { parseVerificationKey, verifySignatures } from '../../src/trust/index.ts';
import { type GatedRegistry, plainDocuments, startGatedRegistry } from '../engines/gated-registry.ts';
import {
  busyboxImage,
  describeWith,
  pushArtifact,
  pushImage,
  pushManifest,
  startPostgres,
  startRegistry,
} from '../engines/index.ts';
import {
  defaultIdentity,
  defaultIssuer,
  type SigstoreInstance,
  startSigstoreInstance,
} from '../fakes/sigstore-instance.ts';
import { simpleSigningPayload } from '../fakes/simple-signing.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const simpleSigning = 'application/vnd.dev.cosign.simplesigning.v1+json';
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const never = new AbortController().signal;

describeWith(['registry', 'busybox', 'skopeo'], 'the registry gate, where signatures are asked for', () => {
  let gate: GatedRegistry;
  let sigstore: SigstoreInstance;
  let token: string;

  const documents = () => `
apiVersion: portwarden/v1
kind: Registry
metadata: { name: main }
spec:
  host: HOST
  plainHttp: true
  quarantine: quarantine
  trusted: [team/**]
  policy: signed
  gate: { names: ["GATE"], anonymousPull: true }
  push: { signedWithin: 6s }
  channels: { stable: { order: semver, range: "<2" } }
---
apiVersion: portwarden/v1
kind: TrustRoot
metadata: { name: team }
spec:
  keys: [{ name: release, pem: ${JSON.stringify(pem)} }]
  keyless:
    trustedRoot: ${JSON.stringify(sigstore.trustedRoot)}
    identities: [{ subject: ${JSON.stringify(defaultIdentity)}, issuer: ${JSON.stringify(defaultIssuer)} }]
---
apiVersion: portwarden/v1
kind: ImagePolicy
metadata: { name: signed }
spec: { signed: { trustRoots: [team] }, unknown: { notJudged: allow } }
`;

  beforeAll(async () => {
    [gate, sigstore] = await Promise.all([startGatedRegistry(), startSigstoreInstance()]);
    await gate.apply(documents());
    token = await gate.token('push');
  });
  afterAll(async () => {
    await Promise.all([gate?.stop(), sigstore?.close()]);
  });

  const headers = () => ({ authorization: `Bearer ${token}` });
  const pushers = () => ({ host: gate.host, headers: headers() });

  async function push(repository: string, tag: string, config: object): Promise<string> {
    const login = { username: 'ci', password: token };
    return pushImage({ ...busyboxImage(), config }, `${gate.host}/${repository}:${tag}`, { login });
  }

  async function signByKey(repository: string, digest: string): Promise<void> {
    const payload = simpleSigningPayload(`${gate.host}/${repository}`, digest);
    await pushArtifact(pushers(), repository, {
      bytes: payload,
      mediaType: simpleSigning,
      annotations: { 'dev.cosignproject.cosign/signature': sign('sha256', payload, privateKey).toString('base64') },
      tag: `${digest.replace(':', '-')}.sig`,
    });
  }

  async function pulled(repository: string, reference: string) {
    const answer = await request(`http://${gate.host}/v2/${repository}/manifests/${reference}`, {
      headers: { authorization: 'Bearer anonymous' },
    });
    return {
      status: answer.statusCode,
      digest: answer.headers['docker-content-digest'],
      text: await answer.body.text(),
    };
  }

  it('waits for the signature of a key, and lets nobody pull before it came', async () => {
    const digest = await push('team/keyed', '1.0.0', { Cmd: ['keyed'] });
    expect((await pulled('team/keyed', '1.0.0')).status).toBe(404);
    await signByKey('team/keyed', digest);
    expect(await gate.judged('team/keyed', (state) => state === 'certified')).toBe('certified');
    expect(await pulled('team/keyed', '1.0.0')).toMatchObject({ status: 200, digest });
    const verified = await gate.services.certification.verify(
      `${gate.host}/team/keyed:1.0.0`,
      platformOfNode(process.arch),
      never,
    );
    expect(verified).toMatchObject({ trust: { state: 'verified' }, trustRoot: 'team' });
    // Its signature went along.
    expect((await pulled('team/keyed', `${digest.replace(':', '-')}.sig`)).status).toBe(200);
  });

  it('refuses what nobody signs in time, says so, and judges it again when a signature comes after all', async () => {
    const digest = await push('team/late', '1.0.0', { Cmd: ['late'] });
    await expect
      .poll(async () => (await pulled('team/late', '1.0.0')).text, { timeout: 30_000 })
      .toContain('is refused by the policy signed: image/signed');
    await expect.poll(async () => (await gate.store.jobs.counts('certify')).waiting, { timeout: 20_000 }).toBe(0);
    await signByKey('team/late', digest);
    expect(await gate.judged('team/late', (state) => state === 'certified')).toBe('certified');
    expect((await pulled('team/late', '1.0.0')).status).toBe(200);
  });

  it('takes the keyless signature of a bundle that refers to the image', async () => {
    const digest = await push('team/keyless', '1.0.0', { Cmd: ['keyless'] });
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: digest.slice(7) } }],
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      predicate: {},
    };
    const bytes = Buffer.from(JSON.stringify(await sigstore.attest(statement)));
    const subject = { digest, size: 1, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
    const referrer = await pushArtifact(pushers(), 'team/keyless', {
      bytes,
      mediaType: bundleType,
      artifactType: bundleType,
      subject,
    });
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ ...referrer, artifactType: bundleType }],
    };
    await pushManifest(pushers(), 'team/keyless', index, digest.replace(':', '-'));
    expect(await gate.judged('team/keyless', (state) => state === 'certified')).toBe('certified');
    const answer = await request(`http://${gate.host}/v2/team/keyless/referrers/${digest}`, {
      headers: { authorization: 'Bearer anonymous' },
    });
    expect(await answer.body.json()).toMatchObject({ manifests: [{ digest: referrer.digest }] });
  });

  it('states what it certified, by its own key, where cosign looks for it', async () => {
    const [certificate] = (await gate.services.certification.list({ repository: 'team/keyed' })).items;
    const { findImageSignatures } = await loadRegistries();
    const image = {
      registry: gate.upstream.host,
      repository: 'team/keyed',
      digest: certificate?.digest as `sha256:${string}`,
    };
    const { maxManifestBytes, stallTimeout } = defaultReadLimits;
    const reading = { platform: platformOfNode(process.arch), maxManifestBytes, stallTimeout, signal: never };
    const [found] = await findImageSignatures(image, reading, { credentialFile: false });
    const key = parseVerificationKey(readFileSync(gate.publicKey, 'utf8'), 'portwarden');
    const anchors = { sigstore: { keys: [key], identities: [] }, threshold: 1 };
    if (!found) throw new Error('nothing was found');
    const { attestations } = await verifySignatures(found, [], anchors, Date.now());
    expect(attestations).toMatchObject([
      {
        predicateType: 'https://portwarden.dev/certificate/v1',
        trust: { state: 'verified' },
        predicate: { outcome: 'certified', policy: { name: 'signed' } },
      },
    ]);
  });

  it('leads tags to the latest certified by the order of a channel, and says why not to another', async () => {
    for (const [tag, config] of [
      ['1.1.0', { Cmd: ['one'] }],
      ['1.2.0', { Cmd: ['two'] }],
      ['2.0.0', { Cmd: ['three'] }],
    ] as const) {
      await signByKey('team/channel', await push('team/channel', tag, config));
    }
    await push('team/channel', '3.0.0', { Cmd: ['unsigned'] });
    await expect
      .poll(
        async () =>
          (await gate.services.certification.list({ repository: 'team/channel' })).items.filter(
            ({ state }) => state === 'certified',
          ).length,
        { timeout: 40_000 },
      )
      .toBe(3);
    const latest = await gate.services.certification.resolve({ repository: `${gate.host}/team/channel` });
    expect(latest.picked?.tag).toBe('2.0.0');
    const stable = await gate.services.certification.resolve({
      repository: `${gate.host}/team/channel`,
      channel: 'stable',
    });
    expect(stable.picked?.tag).toBe('1.2.0');
    expect(stable.rejected.map(({ tag, reason }) => `${tag}: ${reason}`)).toEqual([
      '2.0.0: it is not in the range <2',
      '1.1.0: it is older than 1.2.0',
    ]);
    await gate.apply(documents().replace('push:', 'pull: { tags: latest-certified }\n  push:'));
    expect((await pulled('team/channel', '1.1.0')).digest).toBe(latest.picked?.digest);
    expect((await pulled('team/channel', 'stable')).digest).toBe(stable.picked?.digest);
    await gate.apply(documents());
    expect((await pulled('team/channel', '1.1.0')).digest).not.toBe(latest.picked?.digest);
    const { items } = await gate.services.certification.resolutions({ repository: `${gate.host}/team/channel` });
    expect(items.map(({ channel, tag }) => `${channel} ${tag}`)).toContain('stable 1.2.0');
  });

  it('withdraws what a policy no longer lets pass, and refuses it from then on', async () => {
    expect((await pulled('team/keyed', '1.0.0')).status).toBe(200);
    const strict = documents().replace(
      'spec: { signed: { trustRoots: [team] }',
      'spec: { user: { root: refuse }, signed: { trustRoots: [team] }',
    );
    const files = [
      { name: 'strict.yaml', text: strict.replaceAll('HOST', gate.upstream.host).replaceAll('GATE', gate.host) },
    ];
    const plan = await gate.services.documents.plan(files);
    expect(plan.effects.turned.find(({ image }) => image.includes('team/keyed'))).toMatchObject({
      from: 'certified',
      to: 'refused',
    });
    await gate.apply(strict);
    await expect
      .poll(async () => (await pulled('team/keyed', '1.0.0')).text, { timeout: 30_000 })
      .toMatch(/was withdrawn: image\/root-user/);
    await gate.apply(documents());
  });
});

describeWith(['registry', 'busybox', 'skopeo', 'gpg'], 'the registry gate, where OpenPGP signs', () => {
  it('certifies what skopeo signed on its way in, and nothing else', async () => {
    const gate = await startGatedRegistry();
    const at = (name: string) => join(gate.directory, name);
    const run = promisify(execFile);
    try {
      mkdirSync(at('gnupg'), { mode: 0o700 });
      const gpg = (...args: string[]) =>
        execFileSync('gpg', ['--homedir', at('gnupg'), '--batch', ...args], { stdio: 'pipe' });
      gpg('--passphrase', '', '--quick-generate-key', 'anna@example.org', 'rsa2048', 'sign', 'never');
      const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys').toString())?.[1] ?? '';
      await gate.apply(`
${plainDocuments.replace('policy: lenient', `policy: lenient\n  lookaside: file://${at('lookaside')}`).replace('spec: { unknown', 'spec: { signed: { trustRoots: [anna] }, unknown')}
---
apiVersion: portwarden/v1
kind: TrustRoot
metadata: { name: anna }
spec:
  gpg:
    keyring: ${JSON.stringify(gpg('--armor', '--export').toString())}
    fingerprints: [${fingerprint}]
`);
      mkdirSync(at('registries.d'));
      writeFileSync(
        at('registries.d/default.yaml'),
        `default-docker:\n  lookaside-staging: file://${at('lookaside')}\n`,
      );
      await pushImage(busyboxImage(), `${gate.upstream.host}/elsewhere/app:1`);
      const token = await gate.token('push');
      for (const [name, signing] of [
        ['signed', ['--sign-by', fingerprint]],
        ['unsigned', []],
      ] as const) {
        const copy = [
          'copy',
          '--src-tls-verify=false',
          '--dest-tls-verify=false',
          '--dest-creds',
          `ci:${token}`,
          ...signing,
        ];
        const to = `docker://${gate.host}/team/${name}:1`;
        await run(
          'skopeo',
          [
            '--insecure-policy',
            '--registries.d',
            at('registries.d'),
            ...copy,
            `docker://${gate.upstream.host}/elsewhere/app:1`,
            to,
          ],
          {
            env: { ...process.env, GNUPGHOME: at('gnupg') },
          },
        );
      }
      expect(await gate.judged('team/signed', (state) => state === 'certified')).toBe('certified');
      expect(await gate.judged('team/unsigned')).toBe('refused');
      const [certificate] = (await gate.services.certification.list({ repository: 'team/signed' })).items;
      expect(certificate?.signers).toMatchObject([{ scheme: 'gpg', identity: fingerprint, trustRoot: 'anna' }]);
    } finally {
      await run('gpgconf', ['--homedir', at('gnupg'), '--kill', 'all']).catch(() => undefined);
      await gate.stop();
    }
  });
});

describeWith(['registry', 'busybox', 'skopeo', 'postgres'], 'the registry gate, where something is away', () => {
  it('serves manifests that it knows, refuses blobs it cannot verify, and says that the registry is away', async () => {
    const upstream = await startRegistry();
    const gate = await startGatedRegistry({ upstream });
    try {
      await gate.apply(plainDocuments);
      const source = `${upstream.host}/quarantine/team/app:1`;
      await pushImage(busyboxImage(), source);
      await gate.services.certification.certify({ source, to: `${upstream.host}/team/app` }, never);
      const ask = async (path: string) => {
        const answer = await request(`http://${gate.host}${path}`, { headers: { authorization: 'Bearer anonymous' } });
        return { status: answer.statusCode, text: await answer.body.text() };
      };
      const known = await ask('/v2/team/app/manifests/1');
      const [layer] = JSON.parse(known.text).layers;
      await upstream.stop();
      expect((await ask('/v2/team/app/manifests/1')).status).toBe(200);
      const blob = await ask(`/v2/team/app/blobs/${layer.digest}`);
      expect(blob.status).toBe(503);
      expect(JSON.parse(blob.text).errors[0].message).toMatch(
        /^portwarden: the registry behind this gate: could not read from 127\.0\.0\.1/,
      );
    } finally {
      await gate.stop();
      await upstream.stop();
    }
  });

  it('goes on with what it has judged while the store is away, and refuses the rest', async () => {
    const postgres = await startPostgres();
    const gate = await startGatedRegistry({ database: postgres.url });
    try {
      await gate.apply(plainDocuments);
      for (const name of ['known', 'unknown']) {
        const source = `${gate.upstream.host}/quarantine/team/${name}:1`;
        await pushImage({ ...busyboxImage(), config: { Cmd: [name] } }, source);
        await gate.services.certification.certify({ source, to: `${gate.upstream.host}/team/${name}` }, never);
      }
      const ask = async (path: string) => {
        const answer = await request(`http://${gate.host}${path}`, { headers: { authorization: 'Bearer anonymous' } });
        return { status: answer.statusCode, text: await answer.body.text() };
      };
      expect((await ask('/v2/team/known/manifests/1')).status).toBe(200);
      await postgres.stop();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect((await ask('/v2/team/known/manifests/1')).status).toBe(200);
      const refused = await ask('/v2/team/unknown/manifests/1');
      expect(refused.status).toBe(503);
      expect(refused.text).toContain('cannot look up what is certified');
    } finally {
      await gate.stop();
    }
  });
});
