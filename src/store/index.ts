/**
 * store: what Portwarden remembers, in SQLite or PostgreSQL, behind the interfaces of model/store.ts.
 * Never: a judgement of what it holds, a query language for others, an object that knows how to save itself.
 * Start at open-store.ts, then database.ts and migrations/; a file for each noun.
 */

export { type AwaitedStore, awaitStore } from './await-store.ts';
export { isPostgres, openStore } from './open-store.ts';
export { describeUrl } from './postgres.ts';
export { StoreError, type StoreErrorCode } from './store-error.ts';
