import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../../base/index.ts';
import { rejected, type SignatureMaterial, type SignedSubject, type Trust, type TrustCode } from '../../model/index.ts';
import { parseSimpleSigning, refuseOther } from '../cosign/simple-signing.ts';
import { TrustError } from '../trust-error.ts';
import { type GpgvVerdict, parseGpgvStatus } from './gpgv-status.ts';

/** Whose OpenPGP signatures count. */
export interface GpgTrust {
  /** Public keys, as `gpg --export` writes them, with or without armor. */
  readonly keyring: Uint8Array;
  /** Fingerprints of primary keys, in upper-case hex; an empty list trusts nobody. */
  readonly fingerprints: readonly string[];
}

const maxMessage = 64 * 1024;
const timeout = 10_000;

/**
 * A simple signature by OpenPGP (containers-image, docs/containers-signature.5.md): one signed message whose payload is of
 * this content under one of these names. gpgv checks the signature, against these keys alone, in a directory of its own.
 * Throws TrustError `gpgv-missing`, `gpgv-failed`.
 */
export async function verifyGpg(
  { message }: Extract<SignatureMaterial, { kind: 'gpg' }>,
  subject: SignedSubject,
  repositories: readonly string[],
  trust: GpgTrust,
  now: Instant,
): Promise<Trust> {
  if (message.byteLength > maxMessage) return rejected('limit-exceeded', 'the signature is larger than 64 KiB');
  const { verdict, payload } = await runGpgv(message, trust.keyring);
  if (verdict.state !== 'good') return rejected(...refusals[verdict.state]);
  if (!trust.fingerprints.includes(verdict.fingerprint)) {
    return rejected('untrusted-key', `it is signed by the key ${verdict.fingerprint}, which is not trusted`);
  }
  if (verdict.signedAt * 1000 > now + timeout) return rejected('bad-timestamp', 'it is signed in the future');
  const signed = parseSimpleSigning(payload, 'gpg');
  if ('state' in signed) return signed;
  const other = refuseOther(signed, subject.image.digest, repositories);
  if (other) return other;
  const { fingerprint, signedAt } = verdict;
  return {
    state: 'verified',
    signers: [{ scheme: 'gpg', identity: fingerprint, authority: 'OpenPGP', signedAt: signedAt * 1000 }],
  };
}

const refusals: Readonly<Record<Exclude<GpgvVerdict['state'], 'good'>, readonly [TrustCode, string]>> = {
  bad: ['bad-signature', 'the OpenPGP signature is not of these bytes'],
  'no-key': ['untrusted-key', 'it is signed by a key that is not in the keyring'],
  expired: ['outside-validity', 'the OpenPGP key or signature has expired'],
  revoked: ['revoked', 'the OpenPGP key was revoked'],
  malformed: ['bad-bundle', 'it is not one message with one good OpenPGP signature'],
};

async function runGpgv(message: Uint8Array, keyring: Uint8Array) {
  const directory = await mkdtemp(join(tmpdir(), 'portwarden-gpgv-'));
  const at = (name: string) => join(directory, name);
  try {
    await Promise.all([writeFile(at('keyring'), dearmor(keyring)), writeFile(at('message'), message)]);
    const status = await new Promise<string>((resolve, reject) => {
      const options = [
        '--homedir',
        directory,
        '--keyring',
        at('keyring'),
        '--status-fd',
        '1',
        '--output',
        at('payload'),
      ];
      execFile(
        'gpgv',
        [...options, at('message')],
        { timeout, maxBuffer: 2 ** 20, env: { PATH: process.env.PATH, LC_ALL: 'C' } },
        (error, stdout) => {
          const { code } = (error ?? {}) as { code?: number | string };
          if (code === 'ENOENT') reject(missing());
          else if (error && typeof code !== 'number')
            reject(new TrustError('gpgv-failed', 'gpgv did not end', { cause: error }));
          else resolve(stdout);
        },
      );
    });
    const verdict = parseGpgvStatus(status);
    return { verdict, payload: verdict.state === 'good' ? await readFile(at('payload')) : Buffer.alloc(0) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function missing(): TrustError {
  return new TrustError('gpgv-missing', 'gpgv, which checks OpenPGP signatures, is not on this machine', {
    remedy: 'Install it: apt install gpgv',
  });
}

/** gpgv reads no armor (RFC 9580, 6). */
function dearmor(keyring: Uint8Array): Uint8Array {
  const text = Buffer.from(keyring).toString('latin1');
  if (!text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) return keyring;
  const blocks = text.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\r\n]+?)(?:\r?\n=[A-Za-z0-9+/]{4})?\r?\n-----END/g,
  );
  return Buffer.concat([...blocks].map(([, base64 = '']) => Buffer.from(base64, 'base64')));
}
