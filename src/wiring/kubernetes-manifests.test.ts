import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubernetesManifests } from './kubernetes-manifests.ts';
import { WiringError } from './wiring-error.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'portwarden-manifests-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const make = async (changes: object) =>
  (await kubernetesManifests({
    data,
    namespace: 'portwarden',
    service: 'gate',
    replicas: 2,
    failurePolicy: 'Fail',
    timeoutSeconds: 10,
    excludedNamespaces: [],
    mode: 'enforce',
    ...changes,
  })) as ReturnType<typeof JSON.parse>[];

const bundleOf = (objects: ReturnType<typeof JSON.parse>[]) =>
  Buffer.from(objects.at(-1).webhooks[0].clientConfig.caBundle, 'base64').toString();

describe('manifests of this machine', () => {
  it('of a server in the cluster have a certificate for its Service, by the authority that they name', async () => {
    const objects = await make({ image: `registry.example/p@sha256:${'a'.repeat(64)}` });
    const secret = objects.find(({ kind }) => kind === 'Secret');
    const certificate = new X509Certificate(Buffer.from(secret.data['tls.crt'], 'base64'));
    expect(certificate.checkHost('gate.portwarden.svc')).toBe('gate.portwarden.svc');
    expect(certificate.verify(new X509Certificate(bundleOf(objects)).publicKey)).toBe(true);
  });

  it('of a server outside name the authority of the data directory, and make no certificate', async () => {
    const objects = await make({ url: 'https://gate.example' });
    expect(new X509Certificate(bundleOf(objects)).ca).toBe(true);
    expect(readdirSync(join(data, 'kubernetes')).sort()).toEqual(['ca.crt', 'ca.key']);
    expect(bundleOf(await make({ url: 'https://gate.example' }))).toBe(bundleOf(objects));
  });

  it('take neither nothing nor a file that is not there', async () => {
    await expect(make({})).rejects.toThrow(WiringError);
    await expect(make({ url: 'https://a', caBundle: join(data, 'none') })).rejects.toThrow(WiringError);
  });
});
