import type { Clock } from '../base/index.ts';
import {
  type FoundSignatures,
  formatImageReference,
  type ImageReference,
  type Platform,
  parseImageReference,
  type Trust,
} from '../model/index.ts';
import type { RegistryDocument, TrustRootDocument } from '../policy/index.ts';
import type { RegistryDesk } from './registry-desk.ts';
import { elsewhere, registryOf } from './resolve-certified.ts';
import type { RulesInForce } from './rules-in-force.ts';
import { ServiceError } from './service-error.ts';
import { type ImageVerification, verifyImage } from './verify-image.ts';

export interface VerifyParts {
  readonly clock: Clock;
  readonly desk: RegistryDesk;
  readonly rules: () => Promise<RulesInForce>;
}

/** Who vouches for an image by the documents that are in force, and by which of them. */
export interface DocumentVerification extends ImageVerification {
  /** The TrustRoot that says so; undefined where none does. */
  readonly trustRoot: string | undefined;
}

/**
 * Verifies an image by the trust roots of its registry's document, or by all where no document is of its registry. One that
 * accepts it is enough. Throws ServiceError `bad-query` where there is none to ask, ImageError, TrustError.
 */
export async function verifyByDocuments(
  { clock, desk, rules }: VerifyParts,
  text: string,
  platform: Platform,
  signal: AbortSignal,
): Promise<DocumentVerification> {
  const inForce = await rules();
  const named = parseImageReference(text);
  const registry = registryOf(inForce, named.registry);
  const roots = registry ? inForce.trustRootsOf(registry) : inForce.trustRoots;
  if (roots.length === 0) {
    throw new ServiceError('bad-query', `no TrustRoot document says whose signature counts for ${named.registry}`, {
      remedy: 'Name a key or an identity, or apply a TrustRoot and let the Registry name it',
    });
  }
  const at = registry ?? elsewhere(named.registry);
  const reference: ImageReference = { ...named, registry: at.spec.host };
  const { image } = await desk.inspect(reference, at, signal);
  const found = await desk.findSignatures(image, platform, at, signal);
  const verifications: DocumentVerification[] = [];
  for (const root of roots)
    verifications.push(await byRoot(root, inForce, { found, image, registry: at, now: clock.now() }));
  const isGood = ({ trust }: { readonly trust: Trust }) => trust.state === 'verified';
  const isRefused = ({ trust }: { readonly trust: Trust }) => trust.state === 'rejected';
  return (verifications.find(isGood) ?? verifications.find(isRefused) ?? verifications[0]) as DocumentVerification;
}

async function byRoot(
  root: TrustRootDocument,
  rules: RulesInForce,
  of: {
    readonly found: readonly FoundSignatures[];
    readonly image: FoundSignatures['subject']['image'];
    readonly registry: RegistryDocument;
    readonly now: number;
  },
): Promise<DocumentVerification> {
  const { found, image, registry, now } = of;
  const aliases = (registry.spec.gate?.names ?? []).map((name) => `${name}/${image.repository}`);
  const verification = await verifyImage(image, { found, anchors: await rules.anchorsOf(root), aliases, now });
  const { name } = root.metadata;
  return {
    ...verification,
    reference: formatImageReference(image),
    trustRoot: verification.trust.state === 'verified' ? name : undefined,
  };
}
