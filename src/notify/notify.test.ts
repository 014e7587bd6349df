import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../../test/fakes/mail-server.ts';
import type { Notification } from '../model/index.ts';
import { createDelivery } from './index.ts';
import { compileSlackMessage } from './send-webhook.ts';

const notification = {
  about: 'changes',
  key: 'team-0-9',
  host: 'quay',
  sentAt: 1_700_000_000_000,
  more: 0,
  changes: [
    {
      kind: 'newly-affected',
      flaw: 'CVE-2024-1',
      severity: 'high',
      components: [{ purl: 'pkg:npm/<b>&a@1', fixedIn: '1.2' }, { purl: 'pkg:npm/a@2' }],
      images: 12,
      running: 40,
      hosts: ['web-1'],
    },
  ],
} as const satisfies Notification;

let server: Server;
let mail: MailServer | undefined;
let directory: string;
let received: { headers: IncomingHttpHeaders; body: string }[];
let reply: { status: number; headers?: Record<string, string>; hangs?: true };
const { signal } = new AbortController();

beforeEach(async () => {
  received = [];
  reply = { status: 204 };
  directory = mkdtempSync(join(tmpdir(), 'pw-notify-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => {
      body += bytes;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      if (!reply.hangs) response.writeHead(reply.status, reply.headers).end('x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await mail?.close();
  mail = undefined;
  rmSync(directory, { recursive: true });
});

const hook = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/in/T0k3n`;
const deliver = createDelivery({ HOOK_KEY: 'k3y' });

describe('a webhook', () => {
  it('gets the changes, a key against repetition, and a signature', async () => {
    await deliver({ kind: 'webhook', address: hook(), secret: 'env:HOOK_KEY' }, notification, signal);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(JSON.parse(body)).toMatchObject({
      type: 'verdict-changes',
      key: 'team-0-9',
      sentAt: '2023-11-14T22:13:20.000Z',
      changes: [{ flaw: 'CVE-2024-1', components: [{ fixedIn: '1.2' }, { fixedIn: null }] }],
    });
    expect(headers['idempotency-key']).toBe('team-0-9');
    expect(headers['portwarden-signature']).toBe(`sha256=${createHmac('sha256', 'k3y').update(body).digest('hex')}`);
  });

  it('is found by what a file says now', async () => {
    const file = join(directory, 'hook');
    writeFileSync(file, `${hook()}\n`);
    await deliver({ kind: 'webhook', address: `file:${file}` }, notification, signal);
    expect(received[0]?.headers['portwarden-signature']).toBeUndefined();
  });

  it.each([
    [{ status: 500 }, 'target-refused', 'the target answered 500'],
    [
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'target-refused',
      'the target answered 302, and redirects are not followed',
    ],
  ])('that answers %j was not told', async (answer, code, message) => {
    reply = answer;
    await expect(deliver({ kind: 'webhook', address: hook() }, notification, signal)).rejects.toMatchObject({
      code,
      message,
    });
    expect(received).toHaveLength(1);
  });

  it('that does not answer is given up, and no message shows its address', async () => {
    reply = { status: 200, hangs: true };
    const soon = AbortSignal.timeout(200);
    const error = await deliver({ kind: 'webhook', address: hook() }, notification, soon).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'target-unreachable' });
    expect(error.message).not.toContain('T0k3n');
    const gone = await deliver({ kind: 'webhook', address: 'http://127.0.0.1:1/T0k3n' }, notification, signal).catch(
      (thrown) => thrown,
    );
    expect(gone).toMatchObject({ code: 'target-unreachable', message: 'the target does not answer: ECONNREFUSED' });
  });

  it.each(['env:NOWHERE', 'file:/nonexistent/hook'])(
    'that is kept in %s, where nothing is, is not told',
    async (address) => {
      await expect(deliver({ kind: 'webhook', address }, notification, signal)).rejects.toMatchObject({
        code: 'bad-target',
      });
    },
  );
});

describe('Slack', () => {
  it('gets text that no name can make into markup, in sections of a length that it takes', async () => {
    const many = Array.from({ length: 300 }, () => notification.changes[0]);
    const message = compileSlackMessage({ ...notification, changes: many, more: 3 }) as {
      text: string;
      blocks: { text: { text: string } }[];
    };
    expect(message.text).toBe('Portwarden on quay: 303 flaws newly affect what is known, 12000 times what runs');
    expect(message.blocks[1]?.text.text).toContain(
      'CVE-2024-1 (high) newly affects pkg:npm/&lt;b&gt;&amp;a@1 and 1 more: 12 images, 40 containers run it; the machines web-1 themselves; fixed in 1.2',
    );
    expect(message.blocks.every(({ text }) => text.text.length <= 3000)).toBe(true);
    expect(message.blocks.length).toBeLessThanOrEqual(50);
    await deliver({ kind: 'slack', address: hook() }, { about: 'test', key: 'k', host: 'quay', sentAt: 1 }, signal);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ text: 'Portwarden on quay: this is a test' });
  });
});

describe('what passed', () => {
  const traffic = {
    about: 'traffic',
    key: 'team-traffic-1-9',
    host: 'quay',
    sentAt: 1_700_000_000_000,
    more: 0,
    events: [
      {
        kind: 'listed',
        host: 'h1',
        at: 1_700_000_000_000,
        message: 'one of them',
        who: 'web<b>',
        direction: 'outbound',
        outcome: 'refused',
        list: 'bad',
        peers: ['192.0.2.1 (a.example), tcp 443', '192.0.2.2, tcp 80'],
        more: 7,
      },
      {
        kind: 'listed',
        host: 'h1',
        at: 1_700_000_000_000,
        message: 'one of them',
        who: 'web',
        direction: 'inbound',
        outcome: 'observed',
        list: 'bad',
        peers: ['192.0.2.3, tcp 80'],
        more: 0,
      },
      {
        kind: 'new-peer',
        host: 'h1',
        at: 1_700_000_000_000,
        message: 'one of them',
        who: 'db',
        direction: 'outbound',
        outcome: 'allowed',
        peers: ['the host, udp 53'],
        more: 0,
      },
      { kind: 'new-peer', host: 'h1', at: 1_700_000_000_000, message: '3 more of this kind', peers: [], more: 0 },
    ],
  } as const satisfies Notification;

  it('is told to a webhook with all that is known', async () => {
    await deliver({ kind: 'webhook', address: hook() }, traffic, signal);
    expect(received[0]?.headers['idempotency-key']).toBe('team-traffic-1-9');
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      type: 'traffic-events',
      events: [
        { kind: 'listed', at: '2023-11-14T22:13:20.000Z', who: 'web<b>', list: 'bad', outcome: 'refused', more: 7 },
        { outcome: 'observed' },
        { kind: 'new-peer', list: null },
        { who: null, direction: null, outcome: null, message: '3 more of this kind' },
      ],
      more: 0,
    });
  });

  it('is told to a person in words, alarms as such', () => {
    const { text, blocks } = compileSlackMessage(traffic) as { text: string; blocks: { text: { text: string } }[] };
    expect(text).toBe(
      'Portwarden on quay: ALARM: connections of 2 sorts with listed addresses; connections to somewhere new of 2 groups',
    );
    expect(blocks[1]?.text.text.split('\n')).toEqual([
      '• ALARM: web&lt;b&gt; on h1 to 192.0.2.1 (a.example), tcp 443; 192.0.2.2, tcp 80 and 7 more, of deny list bad: refused',
      '• ALARM: 192.0.2.3, tcp 80 to web on h1, of deny list bad: passed, since its group only observes',
      '• db on h1 to the host, udp 53, for the first time: passed',
      '• 3 more of this kind on h1',
    ]);
  });
});

describe('email', () => {
  it('is sent by SMTP, and nobody gets a header in', async () => {
    mail = await startMailServer();
    const address = `smtp://127.0.0.1:${mail.port}?from=warden@quay.example&to=a@b.example,c@d.example`;
    const evil = { ...notification, host: 'quay\r\nBcc: evil@example.com' };
    await deliver({ kind: 'email', address }, evil, signal);
    expect(mail.messages).toHaveLength(1);
    const [message] = mail.messages;
    expect(message?.to).toEqual(['<a@b.example>', '<c@d.example>']);
    expect(message?.text).toMatch(/^Message-ID: <team-0-9@/m);
    expect(message?.text).not.toMatch(/^Bcc:/m);
    expect(message?.text.replace(/=\n/g, '')).toContain('CVE-2024-1 (high) newly affects');
  });

  it('that is refused or finds nobody was not sent', async () => {
    mail = await startMailServer('550 no such user');
    const to = (port: number) => `smtp://127.0.0.1:${port}?from=a@b.example&to=c@d.example`;
    const refused = deliver({ kind: 'email', address: to(mail.port) }, notification, signal);
    await expect(refused).rejects.toMatchObject({
      code: 'target-refused',
      message: 'the mail server refused the message with 550',
    });
    const nobody = deliver({ kind: 'email', address: to(1) }, notification, signal);
    await expect(nobody).rejects.toMatchObject({ code: 'target-unreachable' });
    const bad = deliver({ kind: 'email', address: 'https://x.example' }, notification, signal);
    await expect(bad).rejects.toMatchObject({ code: 'bad-target' });
  });
});
