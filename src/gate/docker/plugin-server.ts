import { chmodSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { dirname } from 'node:path';
import { pause } from '../../base/index.ts';

/** What dockerd sends to a plugin, and what goes back. */
export interface PluginExchange {
  /** `/AuthZPlugin.AuthZReq` */
  readonly path: string;
  /** Undefined where it is over the bound. */
  readonly body: Uint8Array | undefined;
}

export interface PluginServer {
  /**
   * Whoever connects from now on finds somebody else, or nobody; what comes on connections that are there is answered for
   * `grace` milliseconds, each for the last time. dockerd waits a second before it tries again where its connection is gone.
   */
  close(grace?: number): Promise<void>;
}

const mediaType = 'application/vnd.docker.plugins.v1.2+json';

/**
 * Serves dockerd's plugin protocol (docs.docker.com, "Docker Plugin API": HTTP, POST, JSON both ways) on a unix socket that
 * is the owner's alone. The socket takes its name only when it listens: where another process has the name, there is no
 * moment without a listener. Rejects where the socket cannot be made.
 */
export async function servePlugin(
  socketPath: string,
  limit: number,
  answer: (exchange: PluginExchange) => Promise<object | undefined>,
): Promise<PluginServer> {
  let open = 0;
  let isClosing = false;
  let drained: (() => void) | undefined;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    open++;
    try {
      const body = await readUpTo(request, limit);
      const value = await answer({ path: request.url ?? '', body });
      const text = JSON.stringify(value ?? {});
      const headers = { 'content-type': mediaType, 'content-length': Buffer.byteLength(text) };
      response.writeHead(value ? 200 : 404, isClosing ? { ...headers, connection: 'close' } : headers).end(text);
    } catch {
      response.destroy();
    } finally {
      if (--open === 0) drained?.();
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  // dockerd keeps connections for as long as it likes; one that is closed while it sends is an error to its client.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.on('clientError', (_error, socket) => socket.destroy());
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o755 });
  // Closing removes the name that it listened at first, so that a successor's stays.
  const draft = `${socketPath}.${process.pid}`;
  try {
    unlinkSync(draft);
  } catch {
    // There is none of that name.
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(draft, resolve);
  });
  chmodSync(draft, 0o600);
  renameSync(draft, socketPath);
  return {
    async close(grace = 0) {
      isClosing = true;
      // Not http's own close, which ends connections that are idle at once.
      const closed = new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
      if (open > 0) await new Promise<void>((resolve) => (drained = resolve));
      await Promise.race([closed, pause(grace, new AbortController().signal)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readUpTo(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // What is too large is read to its end all the same, so that the answer is heard.
    if (size > limit) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks, size);
}
