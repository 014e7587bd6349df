import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  type PostgresDialectConfig,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { PoolClient } from 'pg';
import { type Log, messageOf } from '../base/index.ts';
import type { Connections } from './database.ts';
import { createProbe, type ServerProbe } from './probe-postgres.ts';
import type { Tables } from './schema.ts';
import { StoreError, toStoreError } from './store-error.ts';

const int8 = 20;
const numeric = 1700;

export interface PostgresConnections extends Connections {
  /** The same for whoever may have to wait: refused with the reason of the signal, at once, while it is aborted. */
  behind(signal: () => AbortSignal): Connections;
  /** Ends those that are at work: what was asked on them fails. */
  drop(): void;
  /** Of the same server; takes no connection of the pool. */
  probe(): ServerProbe;
}

/** Milliseconds that a server has to say that it is there. */
const patience = 3000;

/** A pool of connections to a PostgreSQL database. The library is loaded here, since most commands never need it. */
export async function openPostgres(url: string, log: Log | undefined): Promise<PostgresConnections> {
  const { default: pg } = await import('pg');
  const where = describeUrl(url);
  if (!URL.canParse(url)) {
    // The address may hold a password: neither it nor the parser's error is shown.
    const remedy = 'Write it as postgres://USER:PASSWORD@HOST/DATABASE, special characters percent-encoded';
    throw new StoreError('unavailable', 'The address of the PostgreSQL database is not a URL', { remedy });
  }
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'portwarden',
    max: 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // A replica that vanished in the middle of a transaction must not hold the others for ever.
    idle_in_transaction_session_timeout: 60_000,
    lock_timeout: 30_000,
    // pg gives 64-bit numbers as text; row numbers, counts and instants all fit a double.
    types: {
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        format !== 'binary' && (type === int8 || type === numeric)
          ? Number
          : pg.types.getTypeParser(type, format as 'text'),
    } as typeof pg.types,
  });
  // The server ended a connection that nobody was using: the pool opens a new one when it needs it.
  pool.on('error', (error) => log?.warn({ error: messageOf(error) }, 'a connection to PostgreSQL ended'));
  // One that is in use says so twice: to its query, which fails, and here, where an event that nobody hears ends the process.
  pool.on('connect', (client) => {
    client.on('error', (error) => log?.debug({ error: messageOf(error) }, 'a connection to PostgreSQL broke'));
  });
  const atWork = new Set<PoolClient>();
  pool.on('acquire', (client) => atWork.add(client));
  pool.on('release', (_, client) => atWork.delete(client));
  const connect = (signal?: () => AbortSignal): Kysely<Tables> =>
    new Kysely({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new CodedPostgresDriver({ pool }, where, signal),
        createIntrospector: (database) => new PostgresIntrospector(database),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    });
  const over = (queries: Kysely<Tables>): Connections => ({
    kind: 'postgres',
    reading: queries,
    writing: queries,
    close: () => (pool.ending ? Promise.resolve() : pool.end()),
  });
  return {
    ...over(connect()),
    behind: (signal) => over(connect(signal)),
    drop() {
      // One that waits for an answer is cut at once; the pool takes it out when it is given back.
      for (const client of atWork) client.end().catch(() => undefined);
    },
    probe: () => {
      const limits = { connectionTimeoutMillis: patience, query_timeout: patience };
      return createProbe(
        () => new pg.Client({ connectionString: url, application_name: 'portwarden probe', ...limits }),
      );
    },
  };
}

/** Where it is, without its password. */
export function describeUrl(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `PostgreSQL at ${host || 'the local socket'}${pathname}`;
  } catch {
    return 'PostgreSQL';
  }
}

/** Turns the failures of pg into StoreErrors. */
class CodedPostgresDriver extends PostgresDriver {
  readonly #where: string;
  readonly #signal: (() => AbortSignal) | undefined;
  readonly #coded = new WeakSet<DatabaseConnection>();

  constructor(config: PostgresDialectConfig, where: string, signal?: () => AbortSignal) {
    super(config);
    this.#where = where;
    this.#signal = signal;
  }

  override async acquireConnection(): ReturnType<PostgresDriver['acquireConnection']> {
    const signal = this.#signal?.();
    signal?.throwIfAborted();
    try {
      const connection = await (signal ? this.#acquireUntil(signal) : super.acquireConnection());
      if (!this.#coded.has(connection)) this.#code(connection);
      return connection;
    } catch (thrown) {
      throw toStoreError(thrown, this.#where);
    }
  }

  /** Who waits for a connection while the server goes away waits no longer; one that comes all the same goes back. */
  #acquireUntil(signal: AbortSignal): ReturnType<PostgresDriver['acquireConnection']> {
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof this.acquireConnection>>>();
    const acquiring = super.acquireConnection();
    const refuse = (): void => {
      reject(signal.reason);
      acquiring.then(
        (connection) => this.releaseConnection(connection as Parameters<PostgresDriver['releaseConnection']>[0]),
        () => undefined,
      );
    };
    signal.addEventListener('abort', refuse, { once: true });
    const settled = () => signal.removeEventListener('abort', refuse);
    acquiring.then(resolve, reject).finally(settled);
    return promise;
  }

  #code(connection: DatabaseConnection): void {
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = async <Row>(query: CompiledQuery) => {
      try {
        return await execute<Row>(query);
      } catch (thrown) {
        throw toStoreError(thrown, this.#where);
      }
    };
    this.#coded.add(connection);
  }
}
