import { type Digest, digestOf, type Instant, parseInstant } from '../base/index.ts';
import { globMatches, imageMatches, type PinnedReference, type PolicyFinding } from '../model/index.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ExceptionDocument, longestException } from './documents/exception-document.ts';
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

/** What is judged, as far as it is known: what is not known is in no scope. */
export interface ExceptionSubject {
  readonly image?: PinnedReference;
  /** Absent where an image is judged, for all launches of it. */
  readonly launch?: {
    readonly host?: string;
    readonly namespace?: string;
    readonly names: readonly string[];
  };
}

type ExceptedFinding = Pick<PolicyFinding, 'rule' | 'flaw' | 'aliases' | 'component' | 'subject'>;

/**
 * The exception by which a finding does not count for an image or a launch at a time; undefined where there is none. The
 * only place where this is decided: an exception counts only where its own scope says so (CVE-2024-48921). Of several it is the one that lasts longest.
 */
export function activeException(
  exceptions: readonly ExceptionDocument[],
  finding: ExceptedFinding,
  subject: ExceptionSubject,
  now: Instant,
): ExceptionDocument | undefined {
  let best: { readonly document: ExceptionDocument; readonly end: Instant } | undefined;
  for (const document of exceptions) {
    if (!speaksOf(document, finding, subject) || exceptionState(document, now).state !== 'active') continue;
    const end = parseInstant(document.spec.expires) as Instant;
    if (best === undefined || end > best.end) best = { document, end };
  }
  return best?.document;
}

function speaksOf(
  { spec: { scope, rules, flaws, packages, subjects } }: ExceptionDocument,
  finding: ExceptedFinding,
  subject: ExceptionSubject,
): boolean {
  if (!(rules as readonly string[]).includes(finding.rule)) return false;
  if (!isInScope(scope, subject)) return false;
  if (subjects && !subjects.some((pattern) => globMatches(pattern, finding.subject))) return false;
  if (flaws) {
    const names = [finding.flaw, ...(finding.aliases ?? [])].map((name) => name?.toUpperCase());
    if (!flaws.some((flaw) => names.includes(flaw.toUpperCase()))) return false;
  }
  if (!packages) return true;
  const component = finding.component === undefined ? undefined : componentOfPurl(finding.component);
  return component !== undefined && packages.some((text) => isPackage(text, component));
}

function isInScope(scope: ExceptionDocument['spec']['scope'], { image, launch }: ExceptionSubject): boolean {
  const { repositories, digests, hosts, namespaces, names } = scope;
  // A name alone is chosen by who asks.
  if (!repositories && !digests && !hosts && !namespaces) return false;
  if (digests && (!image || !digests.includes(image.digest))) return false;
  if (repositories && (!image || !repositories.some((pattern) => imageMatches(pattern, image)))) return false;
  const isOf = (patterns: readonly string[] | undefined, ...texts: readonly (string | undefined)[]): boolean =>
    !patterns || texts.some((text) => text !== undefined && patterns.some((pattern) => globMatches(pattern, text)));
  return isOf(hosts, launch?.host) && isOf(namespaces, launch?.namespace) && isOf(names, ...(launch?.names ?? []));
}

function isPackage(text: string, component: NonNullable<ReturnType<typeof componentOfPurl>>): boolean {
  const pattern = parsePackagePattern(text);
  return pattern !== undefined && packageMatches(pattern, component);
}
