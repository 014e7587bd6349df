import { CodedError, messageOf } from '../base/index.ts';

export type StoreErrorCode = 'unavailable' | 'corrupt' | 'newer-schema' | 'conflict';

/** The store could not do what was asked. `conflict`: the data or another process stands against it. */
export class StoreError extends CodedError<StoreErrorCode> {}

const remedies: Readonly<Record<StoreErrorCode, string>> = {
  unavailable: 'Check that the database is there, that its disk has room and that this user may write to it',
  corrupt: 'Stop every process that uses the database and restore it from a copy',
  'newer-schema': 'Upgrade this program to the version that the database belongs to',
  conflict: 'Ask again',
};

/** A failed statement as a StoreError; what is no failure of the database comes back as it is, being our own fault. */
export function toStoreError(thrown: unknown, where: string): unknown {
  if (thrown instanceof CodedError) return thrown;
  const code = sqliteCode(thrown) ?? postgresCode(thrown);
  if (code === undefined) return thrown;
  return new StoreError(code, `${where}: ${messageOf(thrown)}`, { cause: thrown, remedy: remedies[code] });
}

export function newerSchema(where: string, found: number, known: number): StoreError {
  const message = `${where} has schema version ${found}, and this program knows none above ${known}`;
  return new StoreError('newer-schema', message, { remedy: remedies['newer-schema'] });
}

/** Primary result codes (sqlite.org/rescode.html) that say something about the database rather than the statement. */
const sqliteCodes: Readonly<Record<number, StoreErrorCode>> = {
  3: 'unavailable', // PERM
  5: 'unavailable', // BUSY
  6: 'unavailable', // LOCKED
  8: 'unavailable', // READONLY
  10: 'unavailable', // IOERR
  11: 'corrupt', // CORRUPT
  13: 'unavailable', // FULL
  14: 'unavailable', // CANTOPEN
  19: 'conflict', // CONSTRAINT
  26: 'corrupt', // NOTADB
};

function sqliteCode(thrown: unknown): StoreErrorCode | undefined {
  const result = sqliteResult(thrown);
  return result === undefined ? undefined : sqliteCodes[result];
}

/** The primary result code of an error of node:sqlite. */
export function sqliteResult(thrown: unknown): number | undefined {
  const code = thrown instanceof Error && 'errcode' in thrown ? thrown.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** SQLSTATE classes (PostgreSQL 15, appendix A) and the system errors of a socket. */
function postgresCode(thrown: unknown): StoreErrorCode | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (
    /^Connection terminated|not queryable$|^timeout exceeded when trying to connect|pool after calling end/.test(
      thrown.message,
    )
  ) {
    return 'unavailable';
  }
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (/^E[A-Z_]+$/.test(code)) return code.startsWith('ERR_') ? undefined : 'unavailable';
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined;
  if (/^(?:08|28|3D|53|55P03|57|58|25006)/.test(code)) return 'unavailable';
  if (/^(?:23|40)/.test(code)) return 'conflict';
  if (/^XX00[12]/.test(code)) return 'corrupt';
  return undefined;
}
