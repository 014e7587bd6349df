import { chmodSync, lchownSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { type Log, messageOf } from '../../base/index.ts';
import { parseRuntimeCall, type RuntimeCall, RuntimeGateError, sizeOfCall } from './runtime-call.ts';
import type { RuntimeAnswer, RuntimeGate } from './runtime-gate.ts';

export const defaultRuntimeSocket = '/run/portwarden/runtime.sock';

export interface ServeRuntimeGateOptions {
  /** Of the unix socket; its directory is made where it is missing. */
  readonly socket: string;
  /** The user who may open it, where that is not ourselves. */
  readonly owner?: number;
  readonly gate: RuntimeGate;
  readonly log: Log;
}

export interface RuntimeGateServer {
  close(): Promise<void>;
}

/** Nobody may keep others waiting: a user has fewer connections than root. */
const limits = { connections: 128, ofUser: 16, milliseconds: 5000 };

/**
 * Answers wrappers on a socket that nobody else can open. One call a connection, and what is neither whole nor in time is
 * answered by nothing, which wrappers take for a refusal. Throws RuntimeGateError where the socket cannot be made.
 */
export async function serveRuntimeGate(options: ServeRuntimeGateOptions): Promise<RuntimeGateServer> {
  const { socket, owner, gate, log } = options;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    connection.setTimeout(limits.milliseconds, () => connection.destroy());
    connection.on('error', (error) => log.debug({ error: messageOf(error) }, 'a runtime wrapper went away'));
    answerCall(connection, gate).catch((error: unknown) => {
      log.warn({ error: messageOf(error) }, 'a runtime wrapper was not answered');
      connection.destroy();
    });
  });
  server.maxConnections = owner === undefined ? limits.connections : limits.ofUser;
  try {
    mkdirSync(dirname(socket), { recursive: true, mode: 0o755 });
    removeStale(socket);
    // The socket exists from the moment of bind on: until chmod only the umask keeps others away.
    const umask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(socket, resolve);
      });
    } finally {
      process.umask(umask);
    }
    chmodSync(socket, 0o600);
    if (owner !== undefined) lchownSync(socket, owner, 0);
  } catch (cause) {
    throw new RuntimeGateError('install-failed', `the runtime gate cannot listen on ${socket}: ${messageOf(cause)}`, {
      cause,
      remedy: 'run the agent as root, or free the path',
    });
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of open) connection.destroy();
      }),
  };
}

/** What an agent that was killed has left; anything but a socket is somebody else's. */
function removeStale(socket: string): void {
  const left = lstatSync(socket, { throwIfNoEntry: false });
  if (left?.isSocket()) unlinkSync(socket);
}

async function answerCall(connection: Socket, gate: RuntimeGate): Promise<void> {
  const answer = await readCall(connection).then(
    async (call) => call && gate.judge(call),
    (error: unknown): Promise<RuntimeAnswer> => {
      if (error instanceof RuntimeGateError) return gate.refuse(error.message);
      throw error;
    },
  );
  connection.end(answer ? `${JSON.stringify(answer)}\n` : '');
}

/** Undefined where somebody only looked whether we are there. */
async function readCall(connection: Socket): Promise<RuntimeCall | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  let wanted: number | undefined;
  for await (const piece of connection.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    wanted ??= sizeOfCall(pieces.length === 1 ? piece : Buffer.concat(pieces, length));
    if (wanted !== undefined && length >= wanted) return parseRuntimeCall(Buffer.concat(pieces, length));
  }
  if (length === 0) return undefined;
  throw new RuntimeGateError('bad-call', 'a runtime wrapper went away in the middle of its call');
}
