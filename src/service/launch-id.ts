import { randomBytes } from 'node:crypto';
import type { Instant } from '../base/index.ts';

const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** A name for people: a letter for what it is, then the time, so that they sort, and forty random bits. */
export function launchId(kind: 'l' | 't', now: Instant): string {
  let time = '';
  for (let rest = now, place = 0; place < 9; place++, rest = Math.floor(rest / 32)) time = letters[rest % 32] + time;
  const chance = [...randomBytes(8)].map((byte) => letters[byte % 32]).join('');
  return `${kind}${time}${chance}`;
}
