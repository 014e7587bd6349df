const unitMilliseconds = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
type Unit = keyof typeof unitMilliseconds;

/** What parseDuration takes, for schemas. */
export const durationPattern = '^(?:\\d{1,6}d)?(?:\\d{1,6}h)?(?:\\d{1,6}m)?(?:\\d{1,6}s)?$';

/** Milliseconds of `30d`, `12h`, `90m`, `45s` or `1d12h`, the larger unit first; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (text === '' || !new RegExp(durationPattern).test(text)) return undefined;
  let sum = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)([dhms])/g)) {
    sum += Number(count) * unitMilliseconds[unit as Unit];
  }
  return sum;
}

/** Milliseconds as parseDuration reads them, without what is less than a second. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const [unit, length] of Object.entries(unitMilliseconds)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
