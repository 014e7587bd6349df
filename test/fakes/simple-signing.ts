/** What cosign signs of an image: the bytes of a simple signing payload. `name` is `registry/repository`. */
export function simpleSigningPayload(name: string, digest: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': name },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}
