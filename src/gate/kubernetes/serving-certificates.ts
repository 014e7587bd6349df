import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { type Clock, CodedError, type Instant } from '../../base/index.ts';
import { type IssuedCertificate, issueAuthority, issueServing } from './issue-certificate.ts';

/** What a webhook shows, and what the API server must be told to trust, in PEM. */
export interface ServingCertificate extends IssuedCertificate {
  /** Newest first. Empty where who made the certificate is not known here. */
  readonly caBundle: string;
}

/** Where a server's certificate is. It is asked again and again: what it gives may change. */
export interface CertificateStore {
  read(): Promise<ServingCertificate>;
}

export type CertificateStoreErrorCode =
  /** A file is missing, cannot be read, or is no certificate or key, or they do not belong together. */
  'bad-certificate-file';
export class CertificateStoreError extends CodedError<CertificateStoreErrorCode> {}

/** A certificate that somebody else makes and renews: cert-manager, a mounted Secret. */
export function certificateFiles(paths: {
  readonly certificate: string;
  readonly key: string;
  readonly ca?: string;
}): CertificateStore {
  return {
    async read() {
      const [certificate, key, caBundle] = await Promise.all([
        readPem(paths.certificate),
        readPem(paths.key),
        paths.ca === undefined ? '' : readPem(paths.ca),
      ]);
      checkPair({ certificate, key }, paths.certificate);
      return { certificate, key, caBundle };
    },
  };
}

export interface OwnCertificates extends CertificateStore {
  /** What the API server has to be told to trust, newest first; makes no certificate for a server. */
  bundle(): Promise<string>;
}

const day = 24 * 60 * 60 * 1000;
/** A new authority joins the bundle this long before the old one ends, … */
const authorityJoins = 365 * day;
/** … and signs from then on: between the two, whoever installs the bundle anew trusts both. */
const authoritySigns = 180 * day;
const servingRenewed = 120 * day;

/**
 * An authority and a certificate by it that are made at the first reading, and renewed before they end: `ca.crt`, `ca.key`,
 * `next-ca.crt`, `next-ca.key`, `tls.crt`, `tls.key` in that directory, which this user alone may read. An authority that
 * ends stays in the bundle with its successor until it has ended. Throws CertificateStoreError.
 */
export function ownCertificates(options: {
  readonly directory: string;
  readonly names: readonly string[];
  readonly clock: Clock;
}): OwnCertificates {
  const { directory, names, clock } = options;
  const path = (name: string) => join(directory, name);

  async function read(name: string): Promise<IssuedCertificate | undefined> {
    const certificate = await readIfThere(path(`${name}.crt`));
    const key = await readIfThere(path(`${name}.key`));
    // Half of a pair is what a kill left behind between the two.
    if (certificate === undefined || key === undefined) return undefined;
    checkPair({ certificate, key }, path(`${name}.crt`));
    return { certificate, key };
  }

  async function write(name: string, { certificate, key }: IssuedCertificate): Promise<void> {
    await writeWhole(path(`${name}.key`), key, 0o600);
    await writeWhole(path(`${name}.crt`), certificate, 0o644);
  }

  async function authorities(now: Instant): Promise<{ signs: IssuedCertificate; bundle: readonly string[] }> {
    let current = await read('ca');
    let next = await read('next-ca');
    if (next?.certificate === current?.certificate) next = undefined;
    if (next && (!current || leftOf(current, now) < authoritySigns)) {
      const old = current && leftOf(current, now) > 0 ? [current.certificate] : [];
      if (!current || old.length === 0) {
        await write('ca', next);
        current = next;
        next = undefined;
      } else return { signs: next, bundle: [next.certificate, ...old] };
    }
    if (!current || leftOf(current, now) <= 0) {
      current = await issueAuthority(now);
      await write('ca', current);
    }
    if (leftOf(current, now) >= authorityJoins) return { signs: current, bundle: [current.certificate] };
    if (!next) {
      next = await issueAuthority(now);
      await write('next-ca', next);
    }
    const signs = leftOf(current, now) < authoritySigns ? next : current;
    return { signs, bundle: [next.certificate, current.certificate] };
  }

  const prepare = async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
  };

  return {
    async bundle() {
      await prepare();
      return (await authorities(clock.now())).bundle.join('');
    },
    async read() {
      await prepare();
      const now = clock.now();
      const { signs, bundle } = await authorities(now);
      let serving = await read('tls');
      if (!serving || leftOf(serving, now) < servingRenewed || !isBy(serving, signs) || !covers(serving, names)) {
        serving = await issueServing(names, signs, now);
        await write('tls', serving);
      }
      return { ...serving, caBundle: bundle.join('') };
    },
  };
}

function leftOf({ certificate }: IssuedCertificate, now: Instant): number {
  return Date.parse(new X509Certificate(certificate).validTo) - now;
}

function isBy({ certificate }: IssuedCertificate, authority: IssuedCertificate): boolean {
  return new X509Certificate(certificate).verify(new X509Certificate(authority.certificate).publicKey);
}

function covers({ certificate }: IssuedCertificate, names: readonly string[]): boolean {
  const x509 = new X509Certificate(certificate);
  return names.every((name) => (isIP(name) ? x509.checkIP(name) : x509.checkHost(name)) !== undefined);
}

function checkPair({ certificate, key }: IssuedCertificate, path: string): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw new CertificateStoreError('bad-certificate-file', `${path} or its key is not in PEM`, { cause });
  }
  if (!fits) throw new CertificateStoreError('bad-certificate-file', `${path} and its key do not belong together`);
}

async function readPem(path: string): Promise<string> {
  const text = await readIfThere(path);
  if (text !== undefined) return text;
  throw new CertificateStoreError('bad-certificate-file', `${path} is not there`);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > 2 ** 20) throw new CertificateStoreError('bad-certificate-file', `${path} is larger than 1 MiB`);
    return bytes.toString('utf8');
  } catch (cause) {
    if (cause instanceof CertificateStoreError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CertificateStoreError('bad-certificate-file', `${path} cannot be read`, { cause });
  }
}

/** Whole or not at all: a server may read it at any time. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text, { mode });
  await rename(beside, path);
}
