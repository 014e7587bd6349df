import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  busyboxImage,
  describeWith,
  type PushedArtifact,
  pushArtifact,
  pushImage,
  pushManifest,
  type RegistryServer,
  startRegistry,
} from '../engines/index.ts';
import {
  defaultIdentity,
  defaultIssuer,
  type SigstoreInstance,
  startSigstoreInstance,
} from '../fakes/sigstore-instance.ts';
import { simpleSigningPayload } from '../fakes/simple-signing.ts';
import { runPortwarden } from './running-portwarden.ts';

const run = promisify(execFile);
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

describeWith(['registry', 'busybox', 'skopeo', 'gpg'], 'portwarden verify, at a real registry', () => {
  let server: RegistryServer;
  let sigstore: SigstoreInstance;
  let directory: string;
  const at = (name: string) => join(directory, name);

  beforeAll(async () => {
    [server, sigstore] = await Promise.all([startRegistry(), startSigstoreInstance()]);
    directory = mkdtempSync(join(tmpdir(), 'pw-verify-'));
    for (const name of ['cosign', 'other']) {
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at(`${name}.key`));
      openssl('ec', '-in', at(`${name}.key`), '-pubout', '-out', at(`${name}.pub`));
    }
    writeFileSync(at('trusted_root.json'), JSON.stringify(sigstore.trustedRoot));
  });
  afterAll(async () => {
    await Promise.all([server?.stop(), sigstore?.close()]);
    rmSync(directory, { recursive: true, force: true });
  });

  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });

  async function verify(reference: string, ...options: string[]) {
    const args = ['verify', reference, '--plain-http', server.host, '--format', 'json', ...options];
    const { code, stdout, stderr } = await runPortwarden(args, {});
    if (stdout === '') throw new Error(stderr);
    return { status: code, ...JSON.parse(stdout) };
  }

  /** A signature as `cosign sign --key` makes it, by openssl, under the tag that cosign looks for. */
  async function cosignSign(repository: string, digest: string, as = `${server.host}/${repository}`): Promise<void> {
    const payload = simpleSigningPayload(as, digest);
    writeFileSync(at('payload.json'), payload);
    const signature = openssl('dgst', '-sha256', '-sign', at('cosign.key'), at('payload.json')).toString('base64');
    await pushArtifact(server.host, repository, {
      bytes: payload,
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      annotations: { 'dev.cosignproject.cosign/signature': signature },
      tag: `${digest.replace(':', '-')}.sig`,
    });
  }

  /** The tag that stands in for the referrers API (Debian's registry has none). */
  async function referTo(repository: string, digest: string, referrer: PushedArtifact, artifactType: string) {
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ ...referrer, artifactType }],
    };
    await pushManifest(server.host, repository, index, digest.replace(':', '-'));
  }

  it('accepts what cosign signed by a key, and refuses it by another', async () => {
    const image = `${server.host}/fleet/keyed`;
    const digest = await pushImage(busyboxImage(), `${image}:1`);
    expect(await verify(`${image}:1`, '--key', at('cosign.pub'))).toMatchObject({
      outcome: 'refused',
      message: 'nothing vouches for it',
    });
    await cosignSign('fleet/keyed', digest);
    const accepted = await verify(`${image}:1`, '--key', at('other.pub'), '--key', at('cosign.pub'));
    expect(accepted).toMatchObject({ status: 0, outcome: 'accepted', subjects: [`${image}@${digest}`] });
    const refused = await verify(`${image}:1`, '--key', at('other.pub'));
    expect(refused).toMatchObject({ outcome: 'refused', message: expect.stringContaining('no key') });
  });

  it('refuses a signature that was carried over from another repository', async () => {
    const image = `${server.host}/fleet/carried`;
    const digest = await pushImage(busyboxImage(), `${image}:1`);
    await cosignSign('fleet/carried', digest, `${server.host}/fleet/keyed`);
    const refused = await verify(`${image}:1`, '--key', at('cosign.pub'));
    expect(refused).toMatchObject({ outcome: 'refused', signatures: [{ code: 'wrong-repository' }] });
    const alias = await verify(`${image}:1`, '--key', at('cosign.pub'), '--signed-as', `${server.host}/fleet/keyed`);
    expect(alias).toMatchObject({ outcome: 'accepted' });
  });

  it('accepts a keyless signature and an attestation that refer to the image', async () => {
    const image = `${server.host}/fleet/keyless`;
    const digest = await pushImage(busyboxImage(), `${image}:1`);
    const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 1 };
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: digest.slice(7) } }],
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      predicate: {},
    };
    const bundle = Buffer.from(JSON.stringify(await sigstore.attest(statement)));
    const pushed = await pushArtifact(server.host, 'fleet/keyless', {
      bytes: bundle,
      mediaType: bundleType,
      artifactType: bundleType,
      subject,
    });
    await referTo('fleet/keyless', digest, pushed, bundleType);
    const trust = ['--trust-root', at('trusted_root.json'), '--issuer', defaultIssuer];
    const accepted = await verify(`${image}:1`, ...trust, '--identity', defaultIdentity);
    expect(accepted).toMatchObject({ status: 0, signers: [{ identity: defaultIdentity, issuer: defaultIssuer }] });
    const refused = await verify(`${image}:1`, ...trust, '--identity', `${defaultIdentity}/else`);
    expect(refused).toMatchObject({ outcome: 'refused', signatures: [{ code: 'wrong-identity' }] });
  });

  it('binds the index and the image of the platform together', async () => {
    const image = `${server.host}/fleet/index`;
    const child = await pushImage(busyboxImage(), `${image}:child`);
    const size = Number(
      (await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${image}:child`])).stdout.length,
    );
    const platform = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ mediaType, digest: child, size, platform }],
    };
    const { digest } = await pushManifest(server.host, 'fleet/index', index, 'all');
    expect((await verify(`${image}:all`, '--key', at('cosign.pub'))).outcome).toBe('refused');
    await cosignSign('fleet/index', digest);
    const accepted = await verify(`${image}:all`, '--key', at('cosign.pub'));
    expect(accepted).toMatchObject({ outcome: 'accepted', subjects: [`${image}@${digest}`, `${image}@${child}`] });
    // The child alone was signed by nobody.
    expect((await verify(`${image}@${child}`, '--key', at('cosign.pub'))).outcome).toBe('refused');
  });

  it('accepts what skopeo signed by OpenPGP, and refuses it for another digest', async () => {
    const home = at('gnupg');
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: string[]) => execFileSync('gpg', ['--homedir', home, '--batch', ...args], { stdio: 'pipe' });
    gpg('--passphrase', '', '--quick-generate-key', 'anna@example.org', 'rsa2048', 'sign', 'never');
    const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys').toString())?.[1] ?? '';
    writeFileSync(at('keyring.asc'), gpg('--armor', '--export'));
    const [lookaside, registries] = [at('lookaside'), at('registries.d')];
    mkdirSync(registries);
    writeFileSync(join(registries, 'default.yaml'), `default-docker:\n  lookaside-staging: file://${lookaside}\n`);
    const image = `${server.host}/fleet/gpg`;
    await pushImage(busyboxImage(), `${image}:unsigned`);
    const copy = ['copy', '--src-tls-verify=false', '--dest-tls-verify=false', '--sign-by', fingerprint];
    const env = { ...process.env, GNUPGHOME: home };
    const options = ['--insecure-policy', '--registries.d', registries];
    await run('skopeo', [...options, ...copy, `docker://${image}:unsigned`, `docker://${image}:1`], { env });
    await run('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);

    const trust = ['--keyring', at('keyring.asc'), '--lookaside', lookaside];
    const accepted = await verify(`${image}:1`, ...trust, '--fingerprint', fingerprint);
    expect(accepted).toMatchObject({ status: 0, signers: [{ scheme: 'gpg', identity: fingerprint }] });
    const other = await verify(`${image}:1`, ...trust, '--fingerprint', '0'.repeat(40));
    expect(other).toMatchObject({ outcome: 'refused', signatures: [{ code: 'untrusted-key' }] });

    // The same signature beside another image.
    const digest = await pushImage({ ...busyboxImage(), config: { Cmd: ['other'] } }, `${server.host}/fleet/gpg:2`);
    const to = join(lookaside, `fleet/gpg@${digest.replace(':', '=')}`);
    mkdirSync(to, { recursive: true });
    const [{ subjects }] = [accepted];
    const from = join(lookaside, `fleet/gpg@${String(subjects[0]).split('@')[1]?.replace(':', '=')}`);
    writeFileSync(join(to, 'signature-1'), readFileSync(join(from, 'signature-1')));
    const carried = await verify(`${image}:2`, ...trust, '--fingerprint', fingerprint);
    expect(carried).toMatchObject({ outcome: 'refused', signatures: [{ code: 'wrong-subject' }] });
  });
});
