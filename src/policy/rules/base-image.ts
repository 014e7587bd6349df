import { CodedError, parseDigest } from '../../base/index.ts';
import { globMatches, type ImageReference, imageMatches, parseImageReference } from '../../model/index.ts';
import { type ImageRule, passes, undecided } from './image-rule.ts';
import { scannedPassport } from './scanned-passport.ts';

export const baseImage: ImageRule = {
  id: 'image/base-image',
  title: 'The image is built from a base that is not allowed',
  remedy: 'Build it from a base image that the policy names',
  evaluate(facts, { baseImages }) {
    if (!baseImages) return passes;
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const base = passport.facts?.baseImage;
    if (!base || (base.name === null && base.digest === null)) return undecided('nobody knows its base image');
    const reference = base.name === null ? undefined : parsedName(base.name);
    if (baseImages.allow.some((pattern) => isBase(pattern, reference, base.digest))) return passes;
    const by = base.evidence === 'label' ? 'as its label says' : 'by its layers';
    const evidence = `${[base.name, base.digest].filter(Boolean).join('@')}, ${by}`;
    return { findings: [{ severity: 'high', subject: base.name ?? base.digest ?? '', evidence }] };
  },
};

function isBase(pattern: string, reference: ImageReference | undefined, digest: string | null): boolean {
  if (parseDigest(pattern) !== undefined) return pattern === digest || pattern === reference?.digest;
  if (!reference) return false;
  const [, name = pattern, tag] = /^(.*[^:]):([^:/]+)$/.exec(pattern) ?? [];
  // localhost:5000/x has a port and no tag: what follows a colon is a tag where no slash comes after it.
  return imageMatches(name, reference) && (tag === undefined || globMatches(tag, reference.tag ?? 'latest'));
}

function parsedName(text: string): ImageReference | undefined {
  try {
    return parseImageReference(text);
  } catch (cause) {
    if (cause instanceof CodedError) return undefined;
    throw cause;
  }
}
