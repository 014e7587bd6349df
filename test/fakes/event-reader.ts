import { type IncomingMessage, request } from 'node:http';

export interface EventReader {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** All that came so far. */
  text(): string;
  /** Resolves when the server ends or drops the stream. */
  readonly closed: Promise<void>;
  /** Takes no more from the socket, as a reader that hangs. */
  pause(): void;
  stop(): void;
}

/** Opens a stream of server-sent events over a socket and gathers what comes. */
export function openEvents(address: string, headers: Record<string, string>): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const asked = request(`${address}/api/v1/events`, { headers, agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('error', () => reply.destroy());
      resolve({
        status: reply.statusCode ?? 0,
        headers: reply.headers,
        text: () => text,
        closed: new Promise((done) => reply.on('close', done)),
        pause: () => void reply.pause(),
        stop: () => void asked.destroy(),
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
