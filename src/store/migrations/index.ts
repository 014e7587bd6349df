import type { Migration } from '../migrate.ts';
import { foundation } from './0001-foundation.ts';
import { remarks } from './0002-remarks.ts';

/** In order; the version of a schema is how many of them it has. */
export const migrations: readonly Migration[] = [foundation, remarks];
