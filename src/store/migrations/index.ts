import type { Migration } from '../migrate.ts';
import { foundation } from './0001-foundation.ts';
import { remarks } from './0002-remarks.ts';
import { changes } from './0003-changes.ts';
import { feedAttempts } from './0004-feed-attempts.ts';
import { drift } from './0005-drift.ts';
import { certificates } from './0006-certificates.ts';
import { launches } from './0007-launches.ts';
import { traffic } from './0008-traffic.ts';
import { trafficNotifications } from './0009-traffic-notifications.ts';

/** In order; the version of a schema is how many of them it has. */
export const migrations: readonly Migration[] = [
  foundation,
  remarks,
  changes,
  feedAttempts,
  drift,
  certificates,
  launches,
  traffic,
  trafficNotifications,
];
