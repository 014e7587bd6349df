import { type Instant, parseInstant } from '../base/index.ts';
import type { TrustRootDocument } from '../policy/index.ts';
import {
  parseNotationTrust,
  parseTrustedRoot,
  parseVerificationKey,
  type SigstoreRoot,
  type TrustAnchors,
  TrustError,
} from '../trust/index.ts';

/** What documents of trust name and do not hold. */
export interface TrustSources {
  /** Bytes of a file of this machine. Throws where it cannot be read. */
  readFile(path: string): Promise<Uint8Array>;
  /** The trusted root of a TUF repository, never older than was seen before. Throws TrustError `tuf-failed`. */
  readTuf(mirror: string, rootFile: string | undefined): Promise<SigstoreRoot>;
}

/** What a TrustRoot trusts, ready to check signatures by. Throws TrustError, and what reading a file throws. */
export async function compileTrustAnchors(
  { metadata, spec }: TrustRootDocument,
  sources: TrustSources,
): Promise<TrustAnchors> {
  const { keys = [], keyless, notation, gpg, timestampAuthorities, threshold = 1 } = spec;
  const root = keyless && (await readTrustedRoot(keyless.trustedRoot, metadata.name, sources));
  const stores = [
    ...(notation?.stores ?? []),
    ...(timestampAuthorities === undefined
      ? []
      : [{ name: 'timestampAuthorities', type: 'tsa' as const, certificates: timestampAuthorities }]),
  ];
  const parsed = notation && parseNotationTrust(stores, notation.identities);
  if (parsed && 'reason' in parsed) throw new TrustError('bad-certificates', `${metadata.name}: ${parsed.reason}`);
  return {
    sigstore: {
      ...(root ? { root } : {}),
      keys: keys.map(({ name, pem, from, until }) => parseVerificationKey(pem, name, windowOf(from, until))),
      identities: keyless?.identities ?? [],
    },
    ...(parsed ? { notation: parsed } : {}),
    ...(gpg ? { gpg: { keyring: await readKeyring(gpg.keyring, sources), fingerprints: gpg.fingerprints } } : {}),
    threshold,
  };
}

/** `until` is the first moment at which the key counts no more. */
function windowOf(from: string | undefined, until: string | undefined): { from?: Instant; until?: Instant } {
  const first = from === undefined ? undefined : parseInstant(from);
  const end = until === undefined ? undefined : parseInstant(until);
  return { ...(first === undefined ? {} : { from: first }), ...(end === undefined ? {} : { until: end - 1 }) };
}

type TrustedRootSource = NonNullable<TrustRootDocument['spec']['keyless']>['trustedRoot'];

async function readTrustedRoot(source: TrustedRootSource, name: string, sources: TrustSources): Promise<SigstoreRoot> {
  if ('tuf' in source) return sources.readTuf(source.tuf, source.root);
  if (!('file' in source)) return parseTrustedRoot(JSON.stringify(source), `the trusted root of ${name}`);
  return parseTrustedRoot(Buffer.from(await sources.readFile(source.file)).toString('utf8'), source.file);
}

async function readKeyring(
  keyring: string | { readonly file: string },
  { readFile }: TrustSources,
): Promise<Uint8Array> {
  if (typeof keyring !== 'string') return readFile(keyring.file);
  return keyring.includes('-----BEGIN') ? Buffer.from(keyring) : Buffer.from(keyring, 'base64');
}
