import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../base/index.ts';
import { StoreError, toStoreError } from './store-error.ts';

function withCode(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

function sqliteFailure(statement: string): unknown {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec('create table one (id integer primary key)');
    database.exec(statement);
  } catch (thrown) {
    return thrown;
  } finally {
    database.close();
  }
  return undefined;
}

describe('a failure becomes', () => {
  it.each<[string, unknown, string]>([
    ['a refused connection', withCode('connect ECONNREFUSED', 'ECONNREFUSED'), 'unavailable'],
    ['a full disk', withCode('disk full', '53100'), 'unavailable'],
    ['a server that shuts down', withCode('terminating connection', '57P01'), 'unavailable'],
    ['a wrong password', withCode('password authentication failed', '28P01'), 'unavailable'],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), 'unavailable'],
    ['one that was ended between two statements', new Error('Client was closed and is not queryable'), 'unavailable'],
    ['a lock that nobody gives up', withCode('canceling statement due to lock timeout', '55P03'), 'unavailable'],
    ['a deadlock', withCode('deadlock detected', '40P01'), 'conflict'],
    ['a double key', withCode('duplicate key value', '23505'), 'conflict'],
    ['a damaged index', withCode('index corrupted', 'XX002'), 'corrupt'],
    ['a folder that may not be written', withCode('EACCES: permission denied', 'EACCES'), 'unavailable'],
    ['a double key of SQLite', sqliteFailure('insert into one values (1), (1)'), 'conflict'],
  ])('%s', (_, thrown, code) => {
    const error = toStoreError(thrown, '/data/portwarden.sqlite');
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code, cause: thrown, remedy: expect.stringMatching(/\w/) });
    expect((error as StoreError).message).toContain('/data/portwarden.sqlite: ');
  });

  it.each<[string, unknown]>([
    ['our own wrong statement, on SQLite', sqliteFailure('selec 1')],
    ['our own wrong statement, on PostgreSQL', withCode('syntax error', '42601')],
    ['a wrong argument', withCode('bad', 'ERR_INVALID_ARG_TYPE')],
    ['an error that has its code', new CodedError('too-large', 'x')],
    ['what is no error', 'text'],
  ])('nothing else: %s', (_, thrown) => {
    expect(toStoreError(thrown, 'x')).toBe(thrown);
  });
});
