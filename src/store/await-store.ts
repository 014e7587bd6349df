import { type Clock, type Log, messageOf, pause, systemClock } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import { migrate } from './migrate.ts';
import { isPostgres, openStore, storeOver } from './open-store.ts';
import { describeUrl, openPostgres } from './postgres.ts';
import { StoreError } from './store-error.ts';

/** A store whose server may be away when it is opened. */
export interface AwaitedStore {
  readonly store: Store;
  /** Absent where it is open. */
  readonly away?: { readonly why: StoreError; readonly over: Promise<void> };
}

/** Milliseconds that a server has to answer before everything goes on without it, and between two tries after that. */
const patience = 3000;
const tryEvery = 1000;

/**
 * Opens a store as openStore does, and where no server answers and who asked may wait, gives one that refuses whatever it is
 * asked with StoreError `unavailable`, at once, until the server is there and the schema up to date. Throws StoreError for
 * everything else, and for a file.
 */
export async function awaitStore(options: {
  readonly url: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** Asked where no server answers: whether there is something to go on by without it. */
  readonly mayWait: () => Promise<boolean>;
}): Promise<AwaitedStore> {
  const { url, log, clock = systemClock, mayWait } = options;
  if (!isPostgres(url)) return { store: await openStore(options) };
  const where = describeUrl(url);
  const connections = await openPostgres(url, log);
  const closing = new AbortController();
  const first = failureOf(migrate(connections, where));
  const late = new StoreError('unavailable', `${where} does not answer`, { remedy: 'Check that the server runs' });
  const answered = new AbortController();
  let failed = await Promise.race([first, pause(patience, answered.signal).then(() => late)]);
  answered.abort();
  const isAway = failed instanceof StoreError && failed.code === 'unavailable' && (await mayWait());
  // Who may not wait has the whole time that a connection takes.
  if (!isAway) failed = await first;
  if (failed === undefined) return { store: storeOver(connections, clock) };
  if (!isAway || !(failed instanceof StoreError)) {
    await connections.close();
    throw failed;
  }

  let refusal: StoreError | undefined = failed;
  const over = (async () => {
    let attempt = first;
    for (;;) {
      const failure = await attempt;
      if (closing.signal.aborted) return;
      if (failure === undefined) break;
      const why = failure instanceof StoreError ? failure : new StoreError('unavailable', messageOf(failure));
      // A server that comes up says several things one after the other; each is worth a line once.
      if (why.message !== refusal?.message) log.warn({ error: why.message }, 'the store is away still');
      refusal = why;
      await pause(tryEvery, closing.signal);
      attempt = failureOf(migrate(connections, where));
    }
    refusal = undefined;
    log.info({ where }, 'the store is there');
  })();
  const store = storeOver(
    connections.behind(() => refusal),
    clock,
  );
  return {
    away: { why: failed, over },
    store: {
      ...store,
      async close() {
        closing.abort();
        await store.close();
      },
    },
  };
}

function failureOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
