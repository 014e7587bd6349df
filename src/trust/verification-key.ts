import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Instant, messageOf } from '../base/index.ts';
import { TrustError } from './trust-error.ts';

/** A public key that an operator trusts, and from when until when (both inclusive; absent: without end). */
export interface VerificationKey {
  readonly name: string;
  /** `sha256:HEX` over its SubjectPublicKeyInfo: the identity of whoever signs with it. */
  readonly identity: string;
  readonly key: KeyObject;
  readonly from?: Instant;
  readonly until?: Instant;
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];
const leastModulus = 2048;
const maxKeyBytes = 64 * 1024;

/**
 * A public key in PEM: ECDSA on P-256, P-384 or P-521, RSA of 2048 bits or more, Ed25519. Throws TrustError `bad-key`,
 * which never repeats what it was given.
 */
export function parseVerificationKey(
  pem: string,
  name: string,
  window: { readonly from?: Instant; readonly until?: Instant } = {},
): VerificationKey {
  const refuse = (why: string, cause?: unknown): never => {
    throw new TrustError('bad-key', `the key ${name} ${why}`, {
      ...(cause === undefined ? {} : { cause }),
      remedy: 'Give a public key in PEM, such as "cosign generate-key-pair" writes to cosign.pub.',
    });
  };
  if (pem.length > maxKeyBytes) refuse(`is larger than ${maxKeyBytes} bytes`);
  // Node would take the public half out of it without a word, and the secret would lie where public keys do.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) refuse('is a private key');
  if (!/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) refuse('is no public key in PEM');
  const key = readKey(pem, refuse);
  const spki = key.export({ type: 'spki', format: 'der' });
  const identity = `sha256:${createHash('sha256').update(spki).digest('hex')}`;
  return { name, identity, key, ...window };
}

function readKey(pem: string, refuse: (why: string, cause?: unknown) => never): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    return refuse(`cannot be read: ${messageOf(cause)}`, cause);
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  if (type === 'ed25519') return key;
  if (type === 'ec') return curves.includes(details.namedCurve ?? '') ? key : refuse('is on a curve that is not used');
  if (type === 'rsa') {
    return (details.modulusLength ?? 0) >= leastModulus ? key : refuse(`has less than ${leastModulus} bits`);
  }
  return refuse(`is of a kind that is not used: ${type ?? 'unknown'}`);
}

/** Whether the key was valid at a moment. */
export function keyValidAt({ from, until }: VerificationKey, at: Instant): boolean {
  return (from === undefined || from <= at) && (until === undefined || at <= until);
}

/**
 * Whether the signature of the bytes is the key's, by the digest that sigstore uses for a key of its kind (ECDSA and RSA
 * PKCS #1 v1.5 over SHA-256, 384 or 512 with the size of the curve where the bundle says so; Ed25519 over the bytes).
 */
export function keySigned(key: KeyObject, bytes: Uint8Array, signature: Uint8Array, hash = 'sha256'): boolean {
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : hash, bytes, key, signature);
  } catch {
    // Node throws for signatures that are none at all; that one does not belong to the key is all that is asked.
    return false;
  }
}
