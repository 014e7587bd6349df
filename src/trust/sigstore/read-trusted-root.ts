import { lazyLibrary, messageOf } from '../../base/index.ts';
import { TrustError } from '../trust-error.ts';
import { parseTrustedRoot, type SigstoreRoot } from './trusted-root.ts';

const tuf = lazyLibrary<typeof import('@sigstore/tuf')>('@sigstore/tuf');
const specs = lazyLibrary<typeof import('@sigstore/protobuf-specs')>('@sigstore/protobuf-specs');
const seeds =
  lazyLibrary<Readonly<Record<string, { readonly targets: Readonly<Record<string, string>> }>>>(
    '@sigstore/tuf/seeds.json',
  );

const publicGood = 'https://tuf-repo-cdn.sigstore.dev';

/** The trusted root of sigstore's public-good instance as it was when this version was made: no network is asked. */
export function publicGoodRoot(): SigstoreRoot {
  const text = seeds()[publicGood]?.targets['trusted_root.json'];
  if (text === undefined)
    throw new TypeError('@sigstore/tuf comes without the trusted root of the public-good instance');
  return parseTrustedRoot(Buffer.from(text, 'base64').toString('utf8'), 'the trusted root of the public-good instance');
}

export interface TufRepository {
  /** Base URL of the metadata. */
  readonly mirror: string;
  /** File with the first root.json; the public-good instance needs none. */
  readonly rootFile?: string;
  /** Directory of what was seen before, so that a mirror cannot go back behind it. */
  readonly cache: string;
}

/**
 * The trusted root of a TUF repository, by The Update Framework 1.0: signed by the threshold of its root, newer than what
 * was seen, and not expired. Throws TrustError `tuf-failed`.
 */
export async function readTufRoot({ mirror, rootFile, cache }: TufRepository): Promise<SigstoreRoot> {
  try {
    const root = await tuf().getTrustedRoot({
      mirrorURL: mirror.replace(/\/$/, ''),
      cachePath: cache,
      ...(rootFile === undefined ? {} : { rootPath: rootFile }),
      retry: { retries: 1 },
    });
    return parseTrustedRoot(JSON.stringify(specs().TrustedRoot.toJSON(root)), mirror);
  } catch (cause) {
    if (cause instanceof TrustError) throw cause;
    throw new TrustError('tuf-failed', `the trusted root of ${mirror} could not be had: ${messageOf(cause)}`, {
      cause,
      remedy: 'Give the trusted_root.json itself with --trust-root where the repository cannot be reached.',
    });
  }
}
