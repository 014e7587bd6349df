import { type Instant, parseInstant } from '../base/index.ts';
import { ServiceError } from './service-error.ts';

/** From and to, both included. */
export interface TimeSpan {
  readonly from: Instant;
  readonly to: Instant;
}

const day = 86_400_000;

/** An instant, or a date for any moment of that day in UTC. Throws ServiceError `bad-query`. */
export function parseQueryTime(text: string): TimeSpan {
  const instant = parseInstant(text.trim());
  if (instant === undefined) {
    throw new ServiceError('bad-query', `"${text}" is not a time`, {
      remedy: 'write a date such as 2026-03-01, or an instant such as 2026-03-01T12:00:00Z',
    });
  }
  return /^\d{4}-\d{2}-\d{2}$/.test(text.trim())
    ? { from: instant, to: instant + day - 1 }
    : { from: instant, to: instant };
}
