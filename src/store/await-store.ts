import { setMaxListeners } from 'node:events';
import { type Clock, type Log, messageOf, pause, systemClock } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import { migrate } from './migrate.ts';
import { isPostgres, openStore, storeOver } from './open-store.ts';
import { describeUrl, openPostgres } from './postgres.ts';
import { isSilence } from './probe-postgres.ts';
import { StoreError, toStoreError } from './store-error.ts';

/** A store whose server may be away, when it is opened and at any time after. */
export interface AwaitedStore {
  readonly store: Store;
  /** Why it is not open yet, and until when; absent where it is. */
  readonly away?: { readonly why: StoreError; readonly over: Promise<void> };
}

/** Milliseconds that a server has to answer before everything goes on without it, and between two looks whether it is there. */
const patience = 3000;
const lookEvery = 1000;

/**
 * Opens a store as openStore does, and looks each second whether its server is there: while it is not, what the store is asked
 * is refused with StoreError `unavailable`, at once. So it is from the start where no server answers and who asked may wait;
 * its schema is brought up to date when it is there. Throws StoreError for everything else, and for a file.
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
  const first = failureOf(migrate(connections, where));
  const failed = await withinPatience(first, where);
  const isAway = failed instanceof StoreError && failed.code === 'unavailable' && (await mayWait());
  // Who may not wait has the whole time that a connection takes.
  const why = isAway ? failed : await first;
  if (why !== undefined && !isAway) {
    await connections.close();
    throw why;
  }

  const door = createDoor();
  if (isAway) door.close(failed);
  const closing = new AbortController();
  const probe = connections.probe();
  const over = isAway ? keepOpening() : Promise.resolve();
  const watching = over.then(keepLooking);
  const store = storeOver(
    connections.behind(() => door.signal),
    clock,
  );

  /** Until the schema is up to date, or it is closed. */
  async function keepOpening(): Promise<void> {
    let attempt = first;
    let told = messageOf(failed);
    for (;;) {
      const failure = await attempt;
      if (closing.signal.aborted) return;
      if (failure === undefined) break;
      // A server that comes up says several things one after the other; each is worth a line once.
      if (messageOf(failure) !== told) log.warn({ error: messageOf(failure) }, 'the store is away still');
      told = messageOf(failure);
      door.close(asStoreError(failure, where));
      await pause(lookEvery, closing.signal);
      attempt = failureOf(migrate(connections, where));
    }
    door.open();
    log.info({ where }, 'the store is there');
  }

  async function keepLooking(): Promise<void> {
    for (;;) {
      await pause(lookEvery, closing.signal);
      if (closing.signal.aborted) return;
      const failure = await failureOf(probe.ask());
      if (closing.signal.aborted) return;
      // A server that refuses a connection is there; what it is asked over others it answers.
      if (failure !== undefined && isSilence(failure)) {
        if (!door.signal.aborted) log.warn({ error: messageOf(failure) }, 'the store is away');
        door.close(asStoreError(failure, where));
        connections.drop();
      } else if (door.signal.aborted) {
        door.open();
        log.info({ where }, 'the store is there again');
      }
    }
  }

  return {
    ...(isAway ? { away: { why: failed, over } } : {}),
    store: {
      ...store,
      async close() {
        closing.abort();
        probe.close();
        await store.close();
        await watching;
      },
    },
  };
}

/** Aborted while nobody may ask. */
function createDoor() {
  const controllerOf = () => {
    const made = new AbortController();
    // Everything that waits for a connection listens.
    setMaxListeners(0, made.signal);
    return made;
  };
  let controller = controllerOf();
  return {
    get signal() {
      return controller.signal;
    },
    close(why: StoreError) {
      // One that is closed already has another reason now.
      if (controller.signal.aborted) controller = controllerOf();
      controller.abort(why);
    },
    open() {
      controller = controllerOf();
    },
  };
}

/** What failed, or that it takes too long to wait for. */
async function withinPatience(failure: Promise<unknown>, where: string): Promise<unknown> {
  const late = new StoreError('unavailable', `${where} does not answer`, { remedy: 'Check that the server runs' });
  const answered = new AbortController();
  try {
    return await Promise.race([failure, pause(patience, answered.signal).then(() => late)]);
  } finally {
    answered.abort();
  }
}

function asStoreError(failure: unknown, where: string): StoreError {
  const error = toStoreError(failure, where);
  return error instanceof StoreError ? error : new StoreError('unavailable', `${where}: ${messageOf(failure)}`);
}

function failureOf(work: Promise<void>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
