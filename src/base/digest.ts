import { createHash } from 'node:crypto';

/** A content address, `algorithm:hex` in lower case (OCI image specification 1.1, descriptor.md, "Digests"). */
export type Digest = `sha256:${string}` | `sha512:${string}`;

const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** The text as a digest, or undefined where it is none: unknown algorithm, wrong length, upper-case hex. */
export function parseDigest(text: string): Digest | undefined {
  return digestPattern.test(text) ? (text as Digest) : undefined;
}

export function digestAlgorithm(digest: Digest): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The digest of bytes that are all in memory. */
export function digestOf(bytes: Uint8Array | string, algorithm: 'sha256' | 'sha512' = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

/** The first twelve hex digits, as the engines print them. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha(?:256|512):/, '').slice(0, 12);
}
