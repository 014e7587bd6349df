import { randomBytes } from 'node:crypto';
import type { Instant } from '../base/index.ts';

/** Chance is drawn for many at a time: a question to the kernel costs more than all the rest. */
let drawn = randomBytes(0);
let used = 0;

function draw(size: number): Uint8Array {
  if (used + size > drawn.length) {
    drawn = randomBytes(4096);
    used = 0;
  }
  used += size;
  return drawn.subarray(used - size, used);
}

const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** A name for people: a letter for what it is, then the time, so that they sort, and forty random bits. */
export function launchId(kind: 'l' | 't', now: Instant): string {
  let time = '';
  for (let rest = now, place = 0; place < 9; place++, rest = Math.floor(rest / 32)) time = letters[rest % 32] + time;
  let chance = '';
  for (const byte of draw(8)) chance += letters[byte % 32];
  return `${kind}${time}${chance}`;
}
