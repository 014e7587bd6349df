import { type ImagePolicyFacts, parsePlatform, platformMatches } from '../../model/index.ts';
import type { ComponentView, Passport } from '../../model/wire/index.ts';

/** The passport of an image that was read, or why nothing can be told of what is in it. */
export function scannedPassport(facts: ImagePolicyFacts): Passport | string {
  const { passport, platform } = facts;
  if (!passport) return 'the image was not scanned';
  if (passport.subject.kind !== 'image' || !passport.image) return 'the passport is not that of an image';
  if (passport.image.state === 'failed')
    return `the image could not be read: ${passport.image.failure ?? 'no reason given'}`;
  if (passport.image.state !== 'read') return 'the image was not scanned';
  const read = passport.platform === null ? undefined : parsePlatform(passport.platform);
  if (!read || !platformMatches(platform, read)) return 'the image was scanned for another platform';
  return passport;
}

/** Components that could be covered by a feed and are by none. What is of no ecosystem of packages, none could cover. */
export function unjudgedComponents(passport: Passport): readonly ComponentView[] {
  return passport.components.filter(
    ({ judged, ecosystem, ownedBy }) => !judged && ecosystem !== 'generic' && ownedBy === null,
  );
}
