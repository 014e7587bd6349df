import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reviewBytes } from '../../../test/fakes/admission-reviews.ts';
import { type CertificateRequest, makeLeaf, makeRoot, purpose, toPem } from '../../../test/fakes/certificate-maker.ts';
import { allow, fakeLaunches } from '../../../test/fakes/scripted-launches.ts';
import { type WebhookClient, webhookClient } from '../../../test/fakes/webhook-client.ts';
import { silentLog, systemClock } from '../../base/index.ts';
import { issueAuthority, issueServing } from './issue-certificate.ts';
import { createKubernetesGate } from './kubernetes-gate.ts';
import {
  type KubernetesGateServer,
  type KubernetesGateServerParts,
  serveKubernetesGate,
} from './serve-kubernetes-gate.ts';
import { ownCertificates, type ServingCertificate } from './serving-certificates.ts';

let directory: string;
let made: ServingCertificate;
const open: (() => unknown)[] = [];
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'portwarden-gate-'));
  made = await ownCertificates({ directory, names: ['localhost', '127.0.0.1'], clock: systemClock }).read();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(
  changes: Partial<KubernetesGateServerParts> = {},
  judge?: Parameters<typeof fakeLaunches>[0],
): Promise<{ server: KubernetesGateServer; client: WebhookClient; launches: ReturnType<typeof fakeLaunches> }> {
  const launches = fakeLaunches(judge);
  const gate = createKubernetesGate({ launches, cluster: 'test', clock: systemClock, log: silentLog });
  const certificates = { read: async () => made };
  const server = await serveKubernetesGate({
    host: '127.0.0.1',
    port: 0,
    certificates,
    gate,
    log: silentLog,
    ...changes,
  });
  open.push(() => server.close());
  return { server, client: clientOf(server), launches };
}

function clientOf(
  server: KubernetesGateServer,
  changes: { ca?: string; cert?: string; key?: string; sockets?: number } = {},
): WebhookClient {
  const client = webhookClient(server.address, { ca: made.caBundle, ...changes });
  open.push(() => client.close());
  return client;
}

const responseOf = ({ text }: { text: string }) => JSON.parse(text).response;

describe('over TLS', () => {
  it('reviews are answered, on a connection that is kept', async () => {
    const { client } = await start();
    for (const uid of ['one', 'two', 'three']) {
      const answer = await client.post('/validate?timeout=10s', reviewBytes({ uid }));
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/json' },
        reused: uid !== 'one',
      });
      expect(responseOf(answer)).toMatchObject({ uid, allowed: true });
    }
    expect((await client.get('/healthz')).text).toBe('ok\n');
  });

  it('200 at a time each get the answer to their own', async () => {
    const { server } = await start({}, async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      return allow();
    });
    const client = clientOf(server, { sockets: 200 });
    const uids = Array.from({ length: 200 }, (_, at) => `uid-${at}`);
    const answers = await Promise.all(uids.map((uid) => client.post('/validate', reviewBytes({ uid }))));
    expect(answers.map((answer) => responseOf(answer).uid)).toEqual(uids);
    expect(answers.every((answer) => responseOf(answer).allowed)).toBe(true);
  });

  it('a review is answered before the API server stops waiting', async () => {
    const { client } = await start({}, () => new Promise(() => {}));
    const answer = await client.post('/validate?timeout=200ms', reviewBytes());
    expect(responseOf(answer)).toMatchObject({ allowed: false, status: { code: 503 } });
  });

  it('what is asked when it closes is finished', async () => {
    let end: () => void = () => {};
    const { server, client } = await start(
      {},
      () =>
        new Promise((resolve) => {
          end = () => resolve(allow());
        }),
    );
    const answer = client.post('/validate', reviewBytes());
    await expect.poll(() => end.toString()).toContain('resolve');
    const closed = server.close();
    end();
    expect(responseOf(await answer).allowed).toBe(true);
    client.close();
    await closed;
    await expect(client.get('/healthz')).rejects.toThrow();
  });
});

describe('what it does not take', () => {
  it.each([
    ['another path', 'POST', '/', {}, 404],
    ['a path below', 'POST', '/validate/x', {}, 404],
    ['no post', 'GET', '/validate', {}, 405],
    ['a form', 'POST', '/validate', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text that begins so', 'POST', '/validate', { 'content-type': 'application/jsonx' }, 415],
    ['what is compressed', 'POST', '/validate', { 'content-encoding': 'gzip' }, 415],
    ['what is no review', 'POST', '/mutate', {}, 400],
  ])('%s', async (_title, method, path, headers, status) => {
    const { client } = await start();
    const answer =
      method === 'GET' ? await client.get(path) : await client.post(path, '{}', headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect((await client.get('/healthz')).status).toBe(200);
  });

  it.each([
    ['that says so', (size: number) => `content-length: ${size}\r\n\r\n`, false],
    ['in chunks', (size: number) => `transfer-encoding: chunked\r\n\r\n${size.toString(16)}\r\n`, true],
  ])('a body that is too large, %s', async (_title, head, sends) => {
    const { server, client } = await start();
    const size = 9 * 2 ** 20;
    const text = await raw(
      server,
      `POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${head(size)}`,
      sends ? Buffer.alloc(size, 32) : undefined,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect((await client.get('/healthz')).status).toBe(200);
  });

  it.each([
    ['two lengths', 'content-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('a request with %s', async (_title, rest) => {
    const { server } = await start();
    expect(
      await raw(server, `POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${rest}`),
    ).not.toContain(' 200 ');
  });

  it('TLS before 1.2', async () => {
    const { server } = await start();
    const { port } = new URL(server.address);
    const failure = await new Promise((resolve) => {
      const socket = connectTls(
        {
          host: '127.0.0.1',
          port: Number(port),
          ca: made.caBundle,
          minVersion: 'TLSv1.1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => resolve('connected'),
      );
      socket.on('error', (error) => resolve(error.message));
    });
    expect(failure).not.toBe('connected');
  });
});

/** What comes back for bytes as they are. */
function raw(server: KubernetesGateServer, head: string, body?: Buffer): Promise<string> {
  const { port } = new URL(server.address);
  return new Promise((resolve) => {
    let text = '';
    const socket = connectTls(
      { host: '127.0.0.1', port: Number(port), ca: made.caBundle, servername: 'localhost' },
      () => {
        socket.write(head);
        if (body) socket.write(body);
      },
    );
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    // Closing while there is more to come resets the connection.
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

describe('a certificate that changes', () => {
  it('is shown to who connects anew, and no request is dropped meanwhile', async () => {
    let current = made;
    const { server } = await start({ certificates: { read: async () => current } });
    const authority = await issueAuthority(Date.now());
    const other = {
      ...(await issueServing(['localhost', '127.0.0.1'], authority, Date.now())),
      caBundle: authority.certificate,
    };
    const both = clientOf(server, { ca: made.caBundle + other.caBundle, sockets: 4 });
    const serials = new Set<string>();
    let stop = false;
    const asking = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let count = 0; !stop; count++) {
          const answer = await both.post('/validate', reviewBytes(), count % 5 === 4 ? { connection: 'close' } : {});
          expect(answer.status).toBe(200);
          // A session that is taken up again shows no certificate.
          if (answer.serial !== undefined) serials.add(answer.serial);
        }
      }),
    );
    await expect.poll(() => serials.size).toBe(1);
    for (const next of [other, made, other]) {
      current = next;
      await server.renew();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await expect.poll(() => serials.size).toBe(2);
    stop = true;
    await asking;
    // Who trusts the old one alone notices.
    await expect(clientOf(server).get('/healthz')).rejects.toThrow();
    expect((await clientOf(server, { ca: other.caBundle }).get('/healthz')).status).toBe(200);
  });

  it('that cannot be used is not taken', async () => {
    let current = made;
    const { server, client } = await start({ certificates: { read: async () => current } });
    current = { ...made, certificate: 'broken' };
    await server.renew();
    expect((await client.get('/healthz')).status).toBe(200);
  });

  it('is looked at again and again', async () => {
    let reads = 0;
    await start({
      lookEvery: 5,
      certificates: {
        read: async () => {
          reads++;
          return made;
        },
      },
    });
    await expect.poll(() => reads).toBeGreaterThan(2);
  });
});

describe('where clients must prove who they are', () => {
  const [authority, foreign] = [makeRoot(), makeRoot()];
  const clientOfName = (name: string, by = authority, changes: Partial<CertificateRequest> = {}) => {
    const leaf = makeLeaf(by, { subject: `CN=${name}`, ...changes });
    return { cert: toPem(leaf), key: leaf.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  };
  const clients = { ca: toPem(authority), names: ['kube-apiserver'] };

  it.each([
    ['the API server', clientOfName('kube-apiserver'), 200],
    ['nobody', {}, 403],
    ['another client of the same authority', clientOfName('kubelet'), 403],
    ['one by a foreign authority', clientOfName('kube-apiserver', foreign), 403],
    [
      'one whose time is over',
      clientOfName('kube-apiserver', authority, { notAfter: new Date(Date.now() - 1000), notBefore: new Date(0) }),
      403,
    ],
    ['a server', clientOfName('kube-apiserver', authority, { extendedKeyUsage: [purpose.serverAuth] }), 403],
  ])('%s', async (_title, identity, status) => {
    const { server } = await start({ clients });
    const client = clientOf(server, identity);
    expect((await client.post('/validate', reviewBytes())).status).toBe(status);
    expect((await client.get('/healthz')).status).toBe(200);
  });

  it('keys alone prove nothing', async () => {
    const { server } = await start({ clients });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { cert } = clientOfName('kube-apiserver');
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect((async () => clientOf(server, { cert, key }).post('/validate', reviewBytes()))()).rejects.toThrow();
  });
});
