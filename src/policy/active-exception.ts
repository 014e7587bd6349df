import { type Digest, digestOf, type Instant, parseInstant } from '../base/index.ts';
import type { PinnedReference, PolicyFinding } from '../model/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ExceptionDocument, longestException } from './documents/exception-document.ts';
import { imageMatches } from './glob.ts';
import { componentOfPurl, packageMatches, parsePackagePattern } from './package-pattern.ts';
import { isSamePerson } from './same-person.ts';

/** Whether an exception does anything now, and why not. */
export type ExceptionState =
  | { readonly state: 'active' }
  /** Nobody has approved it. */
  | { readonly state: 'requested' }
  /** Its time has not come, by the clock of who asks. */
  | { readonly state: 'early' }
  | { readonly state: 'expired' }
  /** It was changed after its approval, approved by who asked for it, or lasts too long. */
  | { readonly state: 'void'; readonly reason: string };

/** Of everything that is approved: the document without `approved`. Whatever is changed afterwards has another digest. */
export function exceptionDigest(document: ExceptionDocument): Digest {
  const { approved: _, ...spec } = document.spec;
  return digestOf(canonicalJson({ ...document, spec }));
}

/**
 * The state of an exception at a time. It trusts nothing that a parser may have checked before: documents also come from a
 * store.
 */
export function exceptionState(document: ExceptionDocument, now: Instant): ExceptionState {
  const { expires, requested, approved } = document.spec;
  const end = parseInstant(expires);
  const asked = parseInstant(requested.at);
  if (end === undefined || asked === undefined) return voided('has no time from which or until which it holds');
  if (end - asked > longestException) return voided('lasts for more than a year');
  if (now >= end) return { state: 'expired' };
  if (!approved) return { state: 'requested' };
  const allowed = parseInstant(approved.at);
  if (isSamePerson(approved.by, requested.by)) return voided('was approved by who asked for it');
  if (allowed === undefined || allowed < asked) return voided('was approved before it was asked for');
  if (approved.digest !== exceptionDigest(document)) return voided('was changed after it had been approved');
  return allowed > now ? { state: 'early' } : { state: 'active' };
}

function voided(reason: string): ExceptionState {
  return { state: 'void', reason };
}

/**
 * The exception by which a finding does not count for an image at a time; undefined where there is none. The only place
 * where this is decided. Of several it is the one that lasts longest.
 */
export function activeException(
  exceptions: readonly ExceptionDocument[],
  finding: Pick<PolicyFinding, 'rule' | 'flaw' | 'aliases' | 'component'>,
  image: PinnedReference,
  now: Instant,
): ExceptionDocument | undefined {
  let best: { readonly document: ExceptionDocument; readonly end: Instant } | undefined;
  for (const document of exceptions) {
    if (!speaksOf(document, finding, image) || exceptionState(document, now).state !== 'active') continue;
    const end = parseInstant(document.spec.expires) as Instant;
    if (best === undefined || end > best.end) best = { document, end };
  }
  return best?.document;
}

function speaksOf(
  { spec: { scope, rules, flaws, packages } }: ExceptionDocument,
  finding: Pick<PolicyFinding, 'rule' | 'flaw' | 'aliases' | 'component'>,
  image: PinnedReference,
): boolean {
  if (!(rules as readonly string[]).includes(finding.rule)) return false;
  if (!scope.repositories && !scope.digests) return false;
  if (scope.digests && !scope.digests.includes(image.digest)) return false;
  if (scope.repositories && !scope.repositories.some((pattern) => imageMatches(pattern, image))) return false;
  if (flaws) {
    const names = [finding.flaw, ...(finding.aliases ?? [])].map((name) => name?.toUpperCase());
    if (!flaws.some((flaw) => names.includes(flaw.toUpperCase()))) return false;
  }
  if (!packages) return true;
  const component = finding.component === undefined ? undefined : componentOfPurl(finding.component);
  return component !== undefined && packages.some((text) => isPackage(text, component));
}

function isPackage(text: string, component: NonNullable<ReturnType<typeof componentOfPurl>>): boolean {
  const pattern = parsePackagePattern(text);
  return pattern !== undefined && packageMatches(pattern, component);
}
