import { readFile, stat } from 'node:fs/promises';
import type { Deliver } from '../model/index.ts';
import { NotifyError } from './notify-error.ts';
import { sendEmail } from './send-email.ts';
import { compileSlackMessage, compileWebhook, postJson } from './send-webhook.ts';

const largestFile = 64 * 1024;

/**
 * Sends messages to targets. An address or a secret that is kept in the environment or in a file is read for each
 * message, so that it can be changed without telling anyone. Throws NotifyError.
 */
export function createDelivery(environment: NodeJS.ProcessEnv): Deliver {
  return async (target, notification, signal) => {
    const address = await resolveReference(target.address, environment);
    const secret = target.secret === undefined ? undefined : await resolveReference(target.secret, environment);
    switch (target.kind) {
      case 'webhook':
        return postJson(address, compileWebhook(notification), { key: notification.key, secret, signal });
      case 'slack':
        return postJson(address, compileSlackMessage(notification), { key: notification.key, secret, signal });
      case 'email':
        return sendEmail(address, notification, signal);
    }
  };
}

/** The text that a reference stands for; any other text is itself. */
async function resolveReference(text: string, environment: NodeJS.ProcessEnv): Promise<string> {
  if (text.startsWith('env:')) {
    const name = text.slice('env:'.length);
    const value = environment[name];
    if (value) return value.trim();
    throw new NotifyError('bad-target', `the environment has no ${name}`, { remedy: 'set it where the server starts' });
  }
  if (!text.startsWith('file:')) return text;
  const path = text.slice('file:'.length);
  try {
    const { size } = await stat(path);
    if (size > largestFile) throw new Error(`it is larger than ${largestFile} bytes`);
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NotifyError('bad-target', `${path} cannot be read: ${why}`, { cause });
  }
}
