import { createTransport } from 'nodemailer';
import type { Notification } from '../model/index.ts';
import { linesOf, moreOf, titleOf } from './describe-notification.ts';
import { NotifyError } from './notify-error.ts';

/**
 * Sends a message by SMTP (RFC 5321). The address is `smtps://USER:PASSWORD@HOST:PORT?from=A&to=B,C`; with `smtp://` the
 * connection is secured by STARTTLS where the server offers it, and must be where a password is sent to another machine.
 * The key of the message is its Message-ID, by which mail systems tell a repetition. Throws NotifyError.
 */
export async function sendEmail(address: string, notification: Notification, signal: AbortSignal): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const to = url?.searchParams.get('to');
  if (!url || !/^smtps?:$/.test(url.protocol) || !to)
    throw new NotifyError('bad-target', 'the address is not smtp://HOST?from=…&to=… or smtps://…');
  const from = url.searchParams.get('from') ?? `portwarden@${notification.host}`;
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'smtps:' ? 465 : 587),
    secure: url.protocol === 'smtps:',
    requireTLS: url.username !== '' && !isHere,
    ...(url.username
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const stop = () => transport.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await transport.sendMail({
      from,
      to,
      subject: oneLine(titleOf(notification)),
      text: textOf(notification),
      messageId: `<${notification.key.replace(/[^\w.-]/g, '-')}@${notification.host.replace(/[^\w.-]/g, '-')}>`,
    });
  } catch (cause) {
    const { code, responseCode } = cause as { code?: string; responseCode?: number };
    const refused = responseCode !== undefined;
    const why = refused ? `refused the message with ${responseCode}` : `does not answer: ${code ?? 'it failed'}`;
    throw new NotifyError(refused ? 'target-refused' : 'target-unreachable', `the mail server ${why}`, { cause });
  } finally {
    signal.removeEventListener('abort', stop);
    transport.close();
  }
}

function textOf(notification: Notification): string {
  const lines = linesOf(notification).map((line) => `* ${oneLine(line)}`);
  const more = moreOf(notification);
  return [oneLine(titleOf(notification)), '', ...lines, ...(more > 0 ? [`and ${more} more`] : []), ''].join('\n');
}

/** Names come from images and feeds: no line of theirs becomes a header or a line of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
