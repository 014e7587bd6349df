import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { pause } from '../../base/index.ts';
import { listenPrivately } from './listen-privately.ts';

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
 * is the owner's alone. Rejects where the socket cannot be made.
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
      // What the engine answered to its client is not looked at, and may be large.
      const body = await readUpTo(request, request.url === '/AuthZPlugin.AuthZRes' ? 0 : limit);
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
  await listenPrivately(server, socketPath);
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

function readUpTo(request: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      // What is too large is read to its end all the same, so that the answer is heard.
      if (size > limit) chunks.length = 0;
      else chunks.push(chunk);
    });
    request.on('end', () => {
      const [first] = chunks;
      resolve(size > limit ? undefined : first && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    request.on('error', reject);
    // One that went away in the middle, of which there may be no error.
    request.on('close', () => {
      if (!request.complete) reject(new Error('the call is not whole'));
    });
  });
}
