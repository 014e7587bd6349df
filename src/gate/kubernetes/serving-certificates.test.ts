import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../base/index.ts';
import { CertificateStoreError, certificateFiles, ownCertificates } from './serving-certificates.ts';

const day = 86_400_000;
const start = Date.parse('2026-11-28T00:00:00Z');
const names = ['portwarden.portwarden.svc', 'portwarden.portwarden.svc.cluster.local', '127.0.0.1', 'fd00::1'];
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portwarden-certificates-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const store = (at: number, of: readonly string[] = names) =>
  ownCertificates({ directory, names: of, clock: fixedClock(at) });

function bundleOf(pem: string): X509Certificate[] {
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter(Boolean)
    .map((text) => new X509Certificate(text));
}

describe('a certificate of its own', () => {
  it('is by an authority of its own, for those names and for a server alone', async () => {
    const { certificate, caBundle } = await store(start).read();
    const [x509, [authority]] = [new X509Certificate(certificate), bundleOf(caBundle)];
    expect(authority?.ca).toBe(true);
    expect(x509.ca).toBe(false);
    expect(authority && x509.verify(authority.publicKey) && x509.checkIssued(authority)).toBe(true);
    expect(x509.subjectAltName).toBe(
      'DNS:portwarden.portwarden.svc, DNS:portwarden.portwarden.svc.cluster.local, IP Address:127.0.0.1, IP Address:FD00:0:0:0:0:0:0:1',
    );
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect((Date.parse(x509.validTo) - start) / day).toBe(365);
    expect(BigInt(`0x${x509.serialNumber}`) > 2n ** 64n).toBe(true);
  });

  it('stays what it is, and its keys are for this user alone', async () => {
    const first = await store(start).read();
    expect(await store(start + 100 * day).read()).toEqual(first);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of ['ca.key', 'tls.key']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  });

  it('is renewed before it ends, by the same authority', async () => {
    const first = await store(start).read();
    const second = await store(start + 250 * day).read();
    expect(second.certificate).not.toBe(first.certificate);
    expect(second.caBundle).toBe(first.caBundle);
  });

  it('is renewed for another name', async () => {
    const first = await store(start).read();
    const second = await store(start, [...names, 'gate.example']).read();
    expect(second.caBundle).toBe(first.caBundle);
    expect(new X509Certificate(second.certificate).checkHost('gate.example')).toBe('gate.example');
  });

  it.each([['ca.key'], ['tls.crt'], ['tls.key']])('is made again where %s is lost', async (name) => {
    const first = await store(start).read();
    rmSync(join(directory, name));
    const second = await store(start).read();
    expect(second.certificate).not.toBe(first.certificate);
    expect(bundleOf(second.caBundle).some((ca) => new X509Certificate(second.certificate).verify(ca.publicKey))).toBe(
      true,
    );
  });

  it('is refused where a key is that of another', async () => {
    await store(start).read();
    writeFileSync(join(directory, 'tls.key'), readFileSync(join(directory, 'ca.key')));
    await expect(store(start).read()).rejects.toThrow(CertificateStoreError);
  });
});

describe('an authority that ends', () => {
  /** Days since the start, as a process would see them that looks every month. */
  it('is followed by another, with both in the bundle before the new one signs and until the old one has ended', async () => {
    let bundle = bundleOf((await store(start).read()).caBundle);
    const [old] = bundle;
    const seen = new Set<string>();
    for (let at = 0; at < 4200; at += 30) {
      const { certificate, caBundle } = await store(start + at * day).read();
      const x509 = new X509Certificate(certificate);
      // Whoever installed the bundle a month ago trusts what is shown now.
      expect(
        bundle.some((ca) => x509.verify(ca.publicKey)),
        `day ${at}`,
      ).toBe(true);
      const by = bundleOf(caBundle).findIndex((ca) => x509.verify(ca.publicKey));
      expect(Date.parse(x509.validTo)).toBeGreaterThan(start + at * day);
      bundle = bundleOf(caBundle);
      const state = `${bundle.length} in the bundle, signed by number ${by + 1}`;
      seen.add(state);
    }
    expect([...seen]).toEqual([
      '1 in the bundle, signed by number 1',
      '2 in the bundle, signed by number 2',
      '2 in the bundle, signed by number 1',
    ]);
    expect(bundle.some((ca) => ca.fingerprint256 === old?.fingerprint256)).toBe(false);
  });
});

describe('certificates of others', () => {
  it('are read as they are', async () => {
    const made = await store(start).read();
    const path = (name: string) => join(directory, name);
    const files = certificateFiles({ certificate: path('tls.crt'), key: path('tls.key'), ca: path('ca.crt') });
    expect(await files.read()).toEqual(made);
  });

  it.each([
    ['missing', undefined],
    ['no certificate', 'hello'],
    ['larger than any', 'x'.repeat(2 ** 20 + 1)],
  ])('are refused where one is %s', async (_title, text) => {
    await store(start).read();
    const certificate = join(directory, 'other.crt');
    if (text !== undefined) writeFileSync(certificate, text);
    const files = certificateFiles({ certificate, key: join(directory, 'tls.key') });
    await expect(files.read()).rejects.toThrow(CertificateStoreError);
  });
});
