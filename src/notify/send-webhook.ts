import { createHmac } from 'node:crypto';
import { request } from 'undici';
import { formatInstant } from '../base/index.ts';
import type { Notification } from '../model/index.ts';
import { linesOf, moreOf, titleOf } from './describe-notification.ts';
import { NotifyError } from './notify-error.ts';

export interface PostOptions {
  readonly key: string;
  readonly secret: string | undefined;
  readonly signal: AbortSignal;
}

/** What a webhook gets. */
export function compileWebhook(notification: Notification): object {
  const { key, host, sentAt } = notification;
  const head = { key, host, sentAt: formatInstant(sentAt) };
  switch (notification.about) {
    case 'test':
      return { type: 'test', ...head, changes: [], more: 0 };
    case 'changes': {
      const changes = notification.changes.map(({ components, ...change }) => ({
        ...change,
        components: components.map(({ purl, fixedIn = null }) => ({ purl, fixedIn })),
      }));
      return { type: 'verdict-changes', ...head, changes, more: notification.more };
    }
    case 'traffic': {
      const events = notification.events.map(({ at, who, direction, outcome, list, ...event }) => ({
        ...event,
        at: formatInstant(at),
        who: who ?? null,
        direction: direction ?? null,
        outcome: outcome ?? null,
        list: list ?? null,
      }));
      return { type: 'traffic-events', ...head, events, more: notification.more };
    }
  }
}

/** What Slack and those who read the same take (api.slack.com, incoming webhooks): text, and blocks of mrkdwn. */
export function compileSlackMessage(notification: Notification): object {
  const title = titleOf(notification);
  const lines = linesOf(notification).map((line) => `• ${escapeMrkdwn(line)}`);
  const more = moreOf(notification);
  if (more > 0) lines.push(`and ${more} more`);
  const sections: string[] = [];
  // A section takes 3,000 characters.
  for (const line of lines) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + line.length < 2900) sections[sections.length - 1] = `${last}\n${line}`;
    else sections.push(line.slice(0, 2900));
  }
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  return { text: title, blocks: [section(`*${escapeMrkdwn(title)}*`), ...sections.slice(0, 40).map(section)] };
}

/** Signs with `portwarden-signature: sha256=HEX`, the HMAC of the body. Redirects are not followed. Throws NotifyError. */
export async function postJson(address: string, body: object, { key, secret, signal }: PostOptions): Promise<void> {
  const text = JSON.stringify(body);
  const signature = secret && createHmac('sha256', secret).update(text).digest('hex');
  let status: number;
  try {
    const reply = await request(address, {
      method: 'POST',
      body: text,
      signal,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'portwarden',
        'idempotency-key': key,
        ...(signature ? { 'portwarden-signature': `sha256=${signature}` } : {}),
      },
    });
    status = reply.statusCode;
    // What it answers is of no interest, and may have no end: the connection is given up beyond a little.
    await reply.body.dump({ limit: 16 * 1024, signal });
  } catch (cause) {
    throw new NotifyError('target-unreachable', `the target does not answer: ${reasonOf(cause)}`, { cause });
  }
  if (status >= 200 && status < 300) return;
  const redirects = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  throw new NotifyError('target-refused', `the target answered ${status}${redirects}`);
}

/** Never the address, which may be the secret. */
function reasonOf(cause: unknown): string {
  const { code, name } = cause as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'it failed');
}

function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
