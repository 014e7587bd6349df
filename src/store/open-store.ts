import { type Clock, type Log, systemClock } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import { createAdvisoryStore } from './advisory-store.ts';
import { createBomStore } from './bom-store.ts';
import { createCertificateStore } from './certificate-store.ts';
import { createChangeStore } from './change-store.ts';
import { type Connections, createDatabase, type Database } from './database.ts';
import { createDocumentStore } from './document-store.ts';
import { createDriftStore } from './drift-store.ts';
import { createImageStore } from './image-store.ts';
import { createJobStore } from './job-store.ts';
import { createLaunchStore } from './launch-store.ts';
import { createLoginStore } from './login-store.ts';
import { createMatchStore, type HandedOut } from './match-store.ts';
import { migrate } from './migrate.ts';
import { createNotificationStore } from './notification-store.ts';
import { describeUrl, openPostgres } from './postgres.ts';
import { createProofStore } from './proof-store.ts';
import { openSqlite, sqliteFile } from './sqlite.ts';
import { createTrafficStore } from './traffic-store.ts';
import { createWorkloadStore } from './workload-store.ts';

/**
 * Opens the store and brings its schema up to date.
 *
 * `url` is `postgres://…`, or a path: a SQLite file (one that is there, or ends in .sqlite or .db), a directory for one,
 * or `:memory:`. What is missing is created, for this user alone. Throws StoreError.
 */
export async function openStore(options: {
  readonly url: string;
  readonly log?: Log;
  readonly clock?: Clock;
}): Promise<Store> {
  const { url, log, clock = systemClock } = options;
  const isOnServer = isPostgres(url);
  const connections = isOnServer ? await openPostgres(url, log) : await openSqlite(sqliteFile(url));
  try {
    await migrate(connections, isOnServer ? describeUrl(url) : sqliteFile(url));
  } catch (error) {
    await connections.close();
    throw error;
  }
  return storeOver(connections, clock);
}

/** Whether an address is of a PostgreSQL server, and not of a file. */
export function isPostgres(url: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(url);
}

/** Connections to a database whose schema is up to date. */
export function storeOver(connections: Connections, clock: Clock): Store {
  return createStore(createDatabase(connections), { clock, handedOut: new Map() });
}

/** What the stores on one database share, in and out of transactions. */
interface Shared {
  readonly clock: Clock;
  readonly handedOut: HandedOut;
}

function createStore(database: Database, shared: Shared): Store {
  return {
    images: createImageStore(database),
    boms: createBomStore(database),
    advisories: createAdvisoryStore(database, shared.clock),
    matches: createMatchStore(database, shared.handedOut),
    changes: createChangeStore(database),
    notifications: createNotificationStore(database),
    workloads: createWorkloadStore(database),
    drift: createDriftStore(database),
    documents: createDocumentStore(database),
    certificates: createCertificateStore(database),
    launches: createLaunchStore(database),
    traffic: createTrafficStore(database),
    proofs: createProofStore(database),
    jobs: createJobStore(database),
    logins: createLoginStore(database),
    transaction: (work) => database.transaction((inside) => work(createStore(inside, shared))),
    async revisions() {
      return { ...(await database.reading.selectFrom('revisions').selectAll().executeTakeFirstOrThrow()) };
    },
    close: () => database.close(),
  };
}
