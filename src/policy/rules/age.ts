import { parseInstant } from '../../base/index.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { type ImageRule, passes, undecided } from './image-rule.ts';
import { scannedPassport } from './scanned-passport.ts';

/** Clocks of build machines go wrong by so much; what is further in the future is no time of building. */
const clockError = 86_400_000;

export const age: ImageRule = {
  id: 'image/age',
  title: 'The image is older than is allowed',
  remedy: 'Build it again on a current base image; a build that sets a fixed date must set a true one',
  evaluate(facts, { maxAge }) {
    if (maxAge === undefined) return passes;
    const passport = scannedPassport(facts);
    if (typeof passport === 'string') return undecided(passport);
    const created = parseInstant(passport.facts?.created ?? '');
    const most = parseDuration(maxAge);
    if (created === undefined || most === undefined) return undecided('nobody knows when the image was built');
    const old = facts.now - created;
    const finding = { severity: 'medium', subject: facts.image.digest } as const;
    if (old < -clockError)
      return { findings: [{ ...finding, evidence: `built in the future, ${passport.facts?.created}` }] };
    if (old <= most) return passes;
    return { findings: [{ ...finding, evidence: `built ${formatDuration(old)} ago, and ${maxAge} is the most` }] };
  },
};
