import { constants, type KeyObject, verify } from 'node:crypto';

export type NotationAlgorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

interface AlgorithmFacts {
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  /** RFC 9053 section 2.1, RFC 8230 section 2. */
  readonly cose: number;
  /** The one kind of key that it goes with: the bits of an RSA modulus, or a curve as OpenSSL names it. */
  readonly key: number | string;
}

/** Notary Project signature specification, "Algorithm Selection": the key decides, and there is no choice. */
export const notationAlgorithms: Readonly<Record<NotationAlgorithm, AlgorithmFacts>> = {
  PS256: { hash: 'sha256', cose: -37, key: 2048 },
  PS384: { hash: 'sha384', cose: -38, key: 3072 },
  PS512: { hash: 'sha512', cose: -39, key: 4096 },
  ES256: { hash: 'sha256', cose: -7, key: 'prime256v1' },
  ES384: { hash: 'sha384', cose: -35, key: 'secp384r1' },
  ES512: { hash: 'sha512', cose: -36, key: 'secp521r1' },
};

const names = Object.keys(notationAlgorithms) as NotationAlgorithm[];

/** The algorithm that a JWS or COSE header names; undefined for every other, `none` and HMAC among them. */
export function findAlgorithm(header: unknown): NotationAlgorithm | undefined {
  return names.find((name) => header === name || header === notationAlgorithms[name].cose);
}

/** The algorithm of a key, undefined for a key that signs no artifacts. */
export function algorithmOfKey(key: KeyObject): NotationAlgorithm | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  // Of an EC key with parameters of its own, OpenSSL names no curve.
  const kind =
    key.asymmetricKeyType === 'rsa' ? modulusLength : key.asymmetricKeyType === 'ec' ? namedCurve : undefined;
  return kind === undefined ? undefined : names.find((name) => notationAlgorithms[name].key === kind);
}

/**
 * Whether the signature over the bytes is of the key. RFC 7518 sections 3.4 and 3.5 and RFC 9053 section 2.1 agree on
 * the form: r and s side by side; a salt as long as the hash.
 */
export function isSignedBy(
  key: KeyObject,
  algorithm: NotationAlgorithm,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { hash } = notationAlgorithms[algorithm];
  if (algorithmOfKey(key) !== algorithm) return false;
  const form = algorithm.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { dsaEncoding: 'ieee-p1363' as const };
  try {
    return verify(hash, bytes, { key, ...form }, signature);
  } catch {
    // OpenSSL throws for some signatures that are no numbers of the right size.
    return false;
  }
}
