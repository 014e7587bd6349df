import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ImageError } from '../../src/image/image-error.ts';
import { createRegistryClient, type RegistryClient } from '../../src/image/registry/registry-client.ts';
import { createRegistryWriter, type RegistryWriter } from '../../src/image/registry/registry-writer.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a registry that means well would answer. */
export const manifest = Buffer.from('{"schemaVersion":2,"config":{},"layers":[]}');

/** The name and password of logIn, as they go over the wire. */
export const secret = Buffer.from('captain:rum').toString('base64');

export function logIn(host: string): object {
  return { auths: { [host]: { auth: secret } } };
}

interface ConnectOptions {
  readonly stall?: number;
  readonly credentials?: object | string;
}

/** Servers that a test makes up, clients of them, and a directory for credentials; all gone when the test is over. */
export interface HostileHarbor {
  readonly directory: string;
  /** A server on loopback; gives `127.0.0.1:PORT` and what it was asked. */
  serve(handler: Handler): Promise<{ host: string; asked: IncomingMessage[] }>;
  /** A client of the repository fleet/app there; `credentials` becomes its config.json. */
  connect(host: string, options?: ConnectOptions): RegistryClient;
  /** The same, to push. */
  write(host: string, options?: ConnectOptions): RegistryWriter;
  clear(): Promise<void>;
}

export function createHarbor(): HostileHarbor {
  const directory = mkdtempSync(join(tmpdir(), 'pw-attack-'));
  const servers: Server[] = [];
  const clients: (RegistryClient | RegistryWriter)[] = [];

  function credentialFile(credentials: object | string | undefined): string | false {
    if (credentials === undefined) return false;
    const file = join(directory, 'config.json');
    writeFileSync(file, typeof credentials === 'string' ? credentials : JSON.stringify(credentials));
    return file;
  }

  return {
    directory,
    async serve(handler) {
      const asked: IncomingMessage[] = [];
      const server = createServer((request, response) => {
        asked.push(request);
        handler(request, response);
      }).listen(0, '127.0.0.1');
      servers.push(server);
      await once(server, 'listening');
      const address = server.address();
      return { host: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked };
    },
    connect(host, { stall = 5000, credentials } = {}) {
      const image = { registry: host, repository: 'fleet/app' };
      const client = createRegistryClient(image, { credentialFile: credentialFile(credentials) }, stall);
      clients.push(client);
      return client;
    },
    write(host, { stall = 5000, credentials } = {}) {
      const image = { registry: host, repository: 'fleet/app' };
      const writer = createRegistryWriter(image, { credentialFile: credentialFile(credentials) }, stall);
      clients.push(writer);
      return writer;
    },
    async clear() {
      for (const client of clients) await client.close();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
      rmSync(directory, { recursive: true });
    },
  };
}

/** The ImageError that the work fails with. */
export async function failure(work: Promise<unknown>): Promise<ImageError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ImageError);
  return error as ImageError;
}

/** Reads a stream to its end; gives its size. */
export async function drain(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of stream) size += chunk.byteLength;
  return size;
}
