import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '../../base/index.ts';
import type { RuntimeCall } from './runtime-call.ts';
import type { RuntimeGate } from './runtime-gate.ts';
import { type RuntimeGateServer, serveRuntimeGate } from './serve-runtime-gate.ts';

let folder: string;
let server: RuntimeGateServer;
let seen: (RuntimeCall | string)[];
const socket = () => join(folder, 'run', 'runtime.sock');
const gate: RuntimeGate = {
  async judge(call) {
    seen.push(call);
    return { outcome: 'allow', message: '' };
  },
  async refuse(reason) {
    seen.push(reason);
    return { outcome: 'deny', message: reason };
  },
};

beforeEach(async () => {
  seen = [];
  folder = mkdtempSync(join(tmpdir(), 'pw-serve-'));
  server = await serveRuntimeGate({ socket: socket(), gate, log: silentLog });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Sends each piece by itself, and gives the answer. */
function send(...pieces: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket());
    let said = '';
    connection.on('data', (text) => {
      said += text;
    });
    connection.on('error', reject);
    connection.on('close', () => resolve(said));
    const next = (at: number): void => {
      const piece = pieces[at];
      if (piece === undefined) connection.end();
      else connection.write(piece, () => setImmediate(next, at + 1));
    };
    next(0);
  });
}

const header = '{"version":1,"dataRoot":"","command":"create","id":"a","options":[],"args":[],"root":"","bundle":"/b"';

it('answers a call, in however many pieces it comes', async () => {
  expect(await send(`${header},"file":"config","size":7}`, '\n{"a"', ':1}')).toBe('{"outcome":"allow","message":""}\n');
  expect(seen).toMatchObject([{ command: 'create', id: 'a', file: Buffer.from('{"a":1}') }]);
});

it.each([
  ['is cut off', [`${header},"file":"config","size":6}\n{`]],
  ['is no call', ['hello\n']],
  ['has a header without end', ['{']],
])('denies what %s', async (_, pieces) => {
  expect(await send(...pieces)).toMatch(/^\{"outcome":"deny"/);
  expect(seen).toEqual([expect.stringContaining('wrapper')]);
});

it('has nothing to say to who only looks whether it is there', async () => {
  expect([await send(), seen]).toEqual(['', []]);
});

it('is a socket of root alone, and takes the place of one that was left', async () => {
  expect(statSync(socket()).mode & 0o777).toBe(0o600);
  await server.close();
  const left = createServer();
  await new Promise<void>((resolve) => left.listen(socket(), resolve));
  server = await serveRuntimeGate({ socket: socket(), gate, log: silentLog });
  await send('x\n');
  expect(seen).toHaveLength(1);
  left.close();
});

it('takes nobody else’s file away', async () => {
  await server.close();
  writeFileSync(socket(), 'mine');
  await expect(serveRuntimeGate({ socket: socket(), gate, log: silentLog })).rejects.toThrow('cannot listen');
  expect(existsSync(socket())).toBe(true);
  rmSync(socket());
});
