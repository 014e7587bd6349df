import { createHmac } from 'node:crypto';
import { request } from 'undici';
import { formatInstant } from '../base/index.ts';
import type { FlawChange, Notification } from '../model/index.ts';
import { NotifyError } from './notify-error.ts';

export interface PostOptions {
  readonly key: string;
  readonly secret: string | undefined;
  readonly signal: AbortSignal;
}

/** What a webhook gets. */
export function compileWebhook(notification: Notification): object {
  const { key, host, sentAt, changes, more, isTest = false } = notification;
  return {
    type: isTest ? 'test' : 'verdict-changes',
    key,
    host,
    sentAt: formatInstant(sentAt),
    changes: changes.map(({ components, ...change }) => ({
      ...change,
      components: components.map(({ purl, fixedIn = null }) => ({ purl, fixedIn })),
    })),
    more,
  };
}

/** What Slack and those who read the same take (api.slack.com, incoming webhooks): text, and blocks of mrkdwn. */
export function compileSlackMessage(notification: Notification): object {
  const title = titleOf(notification);
  const lines = notification.changes.map((change) => `• ${escapeMrkdwn(describeChange(change))}`);
  if (notification.more > 0) lines.push(`and ${notification.more} more`);
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

export function titleOf({ host, changes, more, isTest }: Notification): string {
  if (isTest) return `Portwarden on ${host}: this is a test`;
  const affected = changes.filter(({ kind }) => kind === 'newly-affected');
  const running = affected.reduce((sum, change) => sum + change.running, 0);
  const cleared = changes.length - affected.length;
  const parts = [
    ...(affected.length > 0
      ? [`${affected.length + more} flaws newly affect what is known, ${running} times what runs`]
      : []),
    ...(cleared > 0 ? [`${cleared} affect it no longer`] : []),
  ];
  return `Portwarden on ${host}: ${parts.join('; ')}`;
}

/** `CVE-2024-1 (high) newly affects pkg:…: 12 images, 40 containers run it; fixed in 1.2`. */
export function describeChange({ kind, flaw, severity, components, images, running, hosts }: FlawChange): string {
  const [first] = components;
  const others = components.length - 1;
  const what = `${first?.purl ?? 'something'}${others > 0 ? ` and ${others} more` : ''}`;
  const verb = kind === 'newly-affected' ? 'newly affects' : 'no longer affects';
  const fix = kind === 'newly-affected' && first?.fixedIn !== undefined ? `; fixed in ${first.fixedIn}` : '';
  const machines = hosts.length > 0 ? `; the machines ${hosts.slice(0, 5).join(', ')} themselves` : '';
  return `${flaw} (${severity}) ${verb} ${what}: ${images} images, ${running} containers run it${machines}${fix}`;
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
