import type { ServerResponse } from 'node:http';
import { Type } from 'typebox';
import type { FleetEvent } from '../model/wire/index.ts';
import type { EventBus, LoginService } from '../service/index.ts';
import { ApiError } from './api-error.ts';
import { credentialOf, isValid, type SessionCookie } from './guard.ts';
import { guarded, NoQuery, type WireServer } from './operation.ts';

export interface EventStreamLimits {
  /** Streams open at a time. */
  readonly maxStreams: number;
  /** Bytes that may wait for a reader before it is dropped; it comes back by itself and asks for what it missed. */
  readonly maxWaiting: number;
  /** Milliseconds between two signs of life; also how soon a stream ends whose login is over. */
  readonly heartbeat: number;
}

export const defaultStreamLimits: EventStreamLimits = { maxStreams: 64, maxWaiting: 256 * 1024, heartbeat: 15_000 };

/** Milliseconds after which a browser that lost its stream opens it again. */
const retryAfter = 3000;

/**
 * GET /events: what changes, as server-sent events (WHATWG HTML, "Server-sent events"). Each is a hint to ask again, so
 * none is kept for readers that were away.
 */
export function addEventStream(
  server: WireServer,
  options: { events: EventBus; login: LoginService; cookie: SessionCookie; limits: EventStreamLimits },
): void {
  const { events, login, cookie, limits } = options;
  const streams = new Set<ServerResponse>();
  server.addHook('preClose', async () => {
    for (const stream of streams) stream.destroy();
  });

  server.get(
    '/events',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'watchEvents',
        summary: 'What changes, as server-sent events',
        tags: ['Fleet'],
        querystring: NoQuery,
        response: {
          200: {
            description: 'A stream: `event:` is the type of the change, `data:` all of it as JSON',
            content: { 'text/event-stream': { schema: Type.String() } },
          },
          ...guarded(400),
        },
      },
    },
    (request, reply) => {
      const credential = credentialOf(request, cookie);
      if (!credential) throw new ApiError('not-logged-in', 'This needs a login');
      if (streams.size >= limits.maxStreams) {
        throw new ApiError('too-many-streams', `There are ${limits.maxStreams} event streams open already`, {
          remedy: 'Close a console, or wait',
        });
      }
      reply.hijack();
      const stream = reply.raw;
      // Who left while the login was looked up has been told goodbye already: nothing would ever clear up after it.
      if (stream.destroyed) return;
      streams.add(stream);
      stream.writeHead(200, {
        ...definedHeaders(reply.getHeaders()),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies that gather an answer before they pass it on would hold a stream back for ever.
        'x-accel-buffering': 'no',
      });
      stream.write(`retry: ${retryAfter}\n\n`);

      function send(text: string): void {
        if (stream.writableLength > limits.maxWaiting) stream.destroy();
        else stream.write(text);
      }
      const unsubscribe = events.subscribe((event) => send(formatEvent(event)));
      const heartbeat = setInterval(() => {
        send(': still here\n\n');
        isValid(credential, login).then(
          (valid) => {
            if (!valid) stream.destroy();
          },
          () => stream.destroy(),
        );
      }, limits.heartbeat);
      stream.on('error', () => stream.destroy());
      stream.on('close', () => {
        clearInterval(heartbeat);
        unsubscribe();
        streams.delete(stream);
      });
    },
  );
}

/** One event as its lines. JSON has no line ends of its own, so no value can begin another field. */
export function formatEvent(event: FleetEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function definedHeaders(headers: Readonly<Record<string, number | string | string[] | undefined>>) {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}
