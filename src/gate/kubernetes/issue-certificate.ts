import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import type { Instant } from '../../base/index.ts';
import { der, derBits, derInteger, derOctets, derOid, derSequence, derSet, derText, derTime, derTrue } from './der.ts';

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

/** An authority of its own that vouches for nothing but what the webhook shows (RFC 5280). */
export function issueAuthority(now: Instant): IssuedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // Bundles hold two for a while: their names tell them apart.
  const name = nameOf(`Portwarden webhook authority ${randomBytes(4).toString('hex')}`);
  const extensions = [
    extension('2.5.29.19', derSequence(derTrue, derInteger(Buffer.from([0]))), 'critical'),
    // keyCertSign, cRLSign
    extension('2.5.29.15', derBits(Buffer.from([0x06]), 1), 'critical'),
    extension('2.5.29.14', derOctets(keyIdOf(publicKey))),
  ];
  const until = now + authorityDays * day;
  return issue({ subject: name, issuer: name, publicKey, signer: privateKey, now, until, extensions }, privateKey);
}

/** A certificate for a server of those names: DNS names and IP addresses. Throws TypeError where there is none. */
export function issueServing(names: readonly string[], authority: IssuedCertificate, now: Instant): IssuedCertificate {
  const [first] = names;
  if (first === undefined) throw new TypeError('a certificate must have a name');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const by = new X509Certificate(authority.certificate);
  const extensions = [
    extension('2.5.29.19', derSequence(), 'critical'),
    // digitalSignature
    extension('2.5.29.15', derBits(Buffer.from([0x80]), 7), 'critical'),
    extension('2.5.29.37', derSequence(derOid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', derSequence(...names.map(alternativeName))),
    extension('2.5.29.14', derOctets(keyIdOf(publicKey))),
    extension('2.5.29.35', derSequence(der(0x80, keyIdOf(by.publicKey)))),
  ];
  const until = Math.min(now + servingDays * day, Date.parse(by.validTo));
  const issuer = nameOf(by.subject.replace(/^CN=/, ''));
  const signer = createPrivateKey(authority.key);
  return issue({ subject: nameOf(first.slice(0, 64)), issuer, publicKey, signer, now, until, extensions }, privateKey);
}

interface Certificate {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly now: Instant;
  readonly until: Instant;
  readonly extensions: readonly Buffer[];
}

function issue(certificate: Certificate, key: KeyObject): IssuedCertificate {
  const { subject, issuer, publicKey, signer, now, until, extensions } = certificate;
  const algorithm = derSequence(derOid('1.2.840.10045.4.3.2'));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = derSequence(
    der(0xa0, derInteger(Buffer.from([2]))),
    derInteger(serial),
    algorithm,
    issuer,
    derSequence(derTime(new Date(now - backdated)), derTime(new Date(until))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, derSequence(...extensions)),
  );
  const encoded = derSequence(body, algorithm, derBits(sign('sha256', body, signer)));
  return {
    certificate: new X509Certificate(encoded).toString(),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function nameOf(commonName: string): Buffer {
  return derSequence(derSet(derSequence(derOid('2.5.4.3'), derText(commonName))));
}

function extension(oid: string, value: Buffer, critical?: 'critical'): Buffer {
  return derSequence(derOid(oid), ...(critical ? [derTrue] : []), derOctets(value));
}

/** RFC 5280 section 4.2.1.2, method 1. */
function keyIdOf(key: KeyObject): Buffer {
  const spki = key.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(spki.x ?? '', 'base64url'),
    Buffer.from(spki.y ?? '', 'base64url'),
  ]);
  return createHash('sha1').update(point).digest();
}

function alternativeName(name: string): Buffer {
  if (isIP(name) === 0) return der(0x82, Buffer.from(name, 'latin1'));
  return der(0x87, isIP(name) === 4 ? Buffer.from(name.split('.').map(Number)) : addressOctets(name));
}

function addressOctets(address: string): Buffer {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
