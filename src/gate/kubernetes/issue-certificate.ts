import { createPrivateKey, KeyObject, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import type { Instant } from '../../base/index.ts';

/** A certificate and its private key, in PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 60 * 60 * 1000;
export const authorityDays = 3650;
export const servingDays = 365;
/** Clocks of machines differ a little. */
const backdated = 60 * 60 * 1000;
const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };

/** An authority of its own that vouches for nothing but what the webhook shows (RFC 5280). */
export async function issueAuthority(now: Instant): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const keys = await makeKeys();
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    // Bundles hold two for a while: their names tell them apart.
    name: [{ CN: [`Portwarden webhook authority ${randomBytes(4).toString('hex')}`] }],
    ...{ keys, signingAlgorithm, serialNumber: makeSerial() },
    ...periodOf(now, now + authorityDays * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return inPem(made, keys.privateKey);
}

/** A certificate for a server of those names: DNS names and IP addresses. Throws TypeError where there is none. */
export async function issueServing(
  names: readonly string[],
  authority: IssuedCertificate,
  now: Instant,
): Promise<IssuedCertificate> {
  const [first] = names;
  if (first === undefined) throw new TypeError('a certificate must have a name');
  const x509 = await loadX509();
  const keys = await makeKeys();
  const by = new x509.X509Certificate(authority.certificate);
  const made = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [first.slice(0, 64)] }],
    issuer: by.subjectName,
    publicKey: keys.publicKey,
    signingKey: await keyOf(authority),
    ...{ signingAlgorithm, serialNumber: makeSerial() },
    ...periodOf(now, Math.min(now + servingDays * day, by.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(by),
    ],
  });
  return inPem(made, keys.privateKey);
}

/** Takes a tenth of a second, and is needed once in many months. It finds its parts by decorators, which ask for the polyfill. */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

function keyOf({ key }: IssuedCertificate): Promise<CryptoKey> {
  const encoded = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', encoded, keyAlgorithm, false, ['sign']);
}

/** 126 bits of chance, and never negative. */
function makeSerial(): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString('hex');
}

function periodOf(now: Instant, until: Instant): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now - backdated), notAfter: new Date(until) };
}

function inPem(made: { toString(format: 'pem'): string }, key: CryptoKey): IssuedCertificate {
  const exported = KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' });
  return { certificate: `${made.toString('pem').trimEnd()}\n`, key: exported.toString() };
}
