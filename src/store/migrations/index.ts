import type { Migration } from '../migrate.ts';
import { foundation } from './0001-foundation.ts';

/** In order; the version of a schema is how many of them it has. */
export const migrations: readonly Migration[] = [foundation];
