const unitMilliseconds: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
/** The API server waits ten seconds where a webhook says nothing (admissionregistration.k8s.io/v1), and thirty at most. */
const usual = 10_000;
const longest = 30_000;

/**
 * Milliseconds in which a review has to be answered: what is left of the time that the API server says it waits, in the query
 * `timeout=10s` as Go prints a duration, for the way back. Whatever cannot be read counts for the usual ten seconds.
 */
export function parseTimeout(query: string): number {
  const asked = durationOf(new URLSearchParams(query.slice(0, 200)).get('timeout') ?? '') ?? usual;
  const waits = Math.min(asked, longest);
  return Math.max(Math.floor(waits / 2), waits - 1000);
}

function durationOf(text: string): number | undefined {
  if (!/^(?:\d{1,6}(?:\.\d{1,9})?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    total += Number(digits) * (unitMilliseconds[unit] ?? 0);
  }
  return total > 0 ? total : undefined;
}
