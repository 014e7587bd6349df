import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { createServer as createNet, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { probeGrpc } from './probe-grpc.ts';

const directory = mkdtempSync(join(tmpdir(), 'pw-grpc-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;

async function probe(server: Pick<Server, 'listen' | 'close'>): Promise<string> {
  const socket = join(directory, `${++count}.sock`);
  await new Promise<void>((resolve) => void server.listen(socket, () => resolve()));
  try {
    return await probeGrpc(socket);
  } finally {
    server.close();
  }
}

/** An HTTP/2 server that answers every call so. */
function http2Server(answer: (stream: ServerHttp2Stream) => void) {
  const server = createHttp2();
  server.on('stream', answer);
  return server;
}

const grpc = (status: string, inTrailers: boolean) =>
  http2Server((stream) => {
    if (!inTrailers) return stream.respond({ ':status': 200, 'grpc-status': status }, { endStream: true });
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    return stream.end('x');
  });

describe('probeGrpc', () => {
  it.each([
    ['an answer', grpc('0', true), 'past-the-gate'],
    ['a method that is not there', grpc('12', false), 'past-the-gate'],
    ['a denial', grpc('7', false), 'gated'],
    ['a denial in trailers', grpc('16', true), 'gated'],
    ['a refusal of the API', http2Server((stream) => stream.respond({ ':status': 403 }, { endStream: true })), 'gated'],
    [
      'an API that has no such route',
      http2Server((stream) => stream.respond({ ':status': 404 }, { endStream: true })),
      'closed',
    ],
    ['HTTP/1', createHttp1((_, response) => response.end()), 'closed'],
    ['who hangs up', createNet((socket) => socket.destroy()), 'closed'],
    ['who speaks something else', createNet((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'closed'],
  ])('%s', async (_, server, access) => expect(await probe(server)).toBe(access));

  it('does not know where nobody listens', async () => {
    expect(await probeGrpc(join(directory, 'none.sock'))).toBe('unknown');
  });
});
