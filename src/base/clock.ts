/** Milliseconds since 1970-01-01T00:00:00Z. On the wire and in documents an instant is ISO 8601 in UTC. */
export type Instant = number;

/** Time is handed in, so that rules and tests can choose it. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands where it was set. */
export function fixedClock(at: Instant | string): Clock & { set(to: Instant | string): void } {
  let instant = toInstant(at);
  return {
    now: () => instant,
    set: (to) => {
      instant = toInstant(to);
    },
  };
}

/** ISO 8601 in UTC, for the wire. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString();
}

/**
 * RFC 3339 text (also with nanoseconds, as Go prints it) as an instant; undefined where it is none, and for Go's zero
 * time 0001-01-01, which engines and feeds write for "not known".
 */
export function parseInstant(text: string): Instant | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?\s?([Zz]|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (!match) return undefined;
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = match;
  if (day?.startsWith('0001-')) return undefined;
  // Date.parse rolls the 30th of February over into March.
  if (new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) return undefined;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const instant = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(instant) ? undefined : instant;
}

function toInstant(at: Instant | string): Instant {
  if (typeof at === 'number') return at;
  const instant = parseInstant(at);
  if (instant === undefined) throw new TypeError(`not a time: ${at}`);
  return instant;
}
