import { type ImageRule, undecided } from './image-rule.ts';
import { scannedPassport } from './scanned-passport.ts';

/** Problems of a reading by which an image is not what it says: somebody changed it, or made it to be read in two ways. */
const notWhatItSays: ReadonlySet<string> = new Set([
  'image/layer-digest-mismatch',
  'image/layer-size-mismatch',
  'image/bad-path',
  'image/stored-file-differs',
]);

/** Problems by which a layer, or the rest of one, was not read: what is in it nobody knows. */
const notRead: ReadonlySet<string> = new Set([
  'image/bad-tar',
  'image/corrupt-layer',
  'image/limit-exceeded',
  'image/more-problems',
  'image/not-read',
  'image/unreadable',
  'image/unreadable-layer',
  'image/unsupported-compression',
]);

/** Holds in every policy: what the others say of an image is worth nothing where its layers were not read. */
export const integrity: ImageRule = {
  id: 'image/integrity',
  title: 'The image is not what it says that it is',
  remedy: 'Do not run it; build and push it again, and find out who could change it',
  evaluate(facts) {
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const findings = passport.problems
      .filter(({ code }) => notWhatItSays.has(code))
      .map(({ code, message, layer }) => ({
        severity: 'critical' as const,
        subject: layer ?? 'the image',
        evidence: `${code}: ${message}`,
      }));
    const unread = passport.problems.find(({ code }) => notRead.has(code));
    return unread ? { findings, undecided: unread.message } : { findings };
  },
};
