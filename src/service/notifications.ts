import { type Clock, formatInstant, messageOf } from '../base/index.ts';
import { type Deliver, type NotificationTarget, type Store, toldTrafficKinds } from '../model/index.ts';
import type { NotificationInput, NotificationView } from '../model/wire/index.ts';
import { ServiceError } from './service-error.ts';
import type { NotificationService } from './services.ts';

export interface NotificationParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly deliver: Deliver;
  readonly host: string;
}

/** Alarms are for whoever is told at all; new peers for who asks for them. */
const defaultKinds = ['newly-affected', 'listed'] as const satisfies NotificationTarget['filter']['kinds'];
const testTimeout = 30_000;
const eventsCounted = 1000;

/** Who is told of changes. */
export function createNotificationService({ store, clock, deliver, host }: NotificationParts): NotificationService {
  const find = async (id: string) => (await store.notifications.list()).find((target) => target.id === id);

  async function viewOf(target: NotificationTarget): Promise<NotificationView> {
    const { cursor, traffic, attempts, lastDelivered, lastError } = target.state;
    const [{ total: changes }, events] = await Promise.all([
      store.changes.list({ afterId: cursor, limit: 1, offset: 0 }),
      store.traffic.eventsAfter({ after: traffic.told, limit: eventsCounted }),
    ]);
    const backlog = changes + events.length;
    return {
      id: target.id,
      kind: target.kind,
      address: redactAddress(target.address),
      signed: target.secret !== undefined,
      kinds: [...target.filter.kinds],
      severity: target.filter.severity === 'unknown' ? 'negligible' : target.filter.severity,
      runningOnly: target.filter.runningOnly,
      state: attempts > 0 ? 'failing' : backlog > 0 ? 'waiting' : 'idle',
      backlog,
      attempts,
      lastDelivered: lastDelivered === undefined ? null : formatInstant(lastDelivered),
      lastError: lastError ?? null,
    };
  }

  async function fromNowOn(kinds: NotificationTarget['filter']['kinds']): Promise<NotificationTarget['state']> {
    const [cursor, last] = await Promise.all([store.changes.lastId(), store.traffic.lastEvent()]);
    const told = Object.fromEntries(
      toldTrafficKinds.filter((kind) => kinds.includes(kind)).map((kind) => [kind, last]),
    );
    return { cursor, traffic: { told, due: clock.now() }, attempts: 0, due: clock.now() };
  }

  return {
    list: async () => Promise.all((await store.notifications.list()).map(viewOf)),
    async put(input) {
      checkAddress(input);
      const kinds = input.kinds ?? defaultKinds;
      const target: NotificationTarget = {
        id: input.id,
        kind: input.kind,
        address: input.address,
        ...(input.secret === undefined ? {} : { secret: input.secret }),
        filter: {
          kinds,
          severity: input.severity ?? 'high',
          runningOnly: input.runningOnly ?? false,
        },
        state: await fromNowOn(kinds),
      };
      await store.notifications.put(target);
      return viewOf((await find(input.id)) ?? target);
    },
    remove: (id) => store.notifications.remove(id),
    async test(id) {
      const target = await find(id);
      if (!target) return undefined;
      const sentAt = clock.now();
      const notification = { about: 'test', key: `${id}-test-${sentAt}`, host, sentAt } as const;
      try {
        await deliver(target, notification, AbortSignal.timeout(testTimeout));
        return { delivered: true, message: `${target.kind} ${redactAddress(target.address)} took it` };
      } catch (error) {
        return { delivered: false, message: messageOf(error) };
      }
    },
  };
}

/** A URL that carries a secret would lie in the store and be shown: it is to be given by where it is kept. */
function checkAddress({ kind, address }: NotificationInput): void {
  if (/^(env|file):./.test(address)) return;
  const refuse = (why: string): never => {
    throw new ServiceError('bad-notification', `the address of the target ${why}`, {
      remedy: 'keep it in a file or in the environment, and give file:/path or env:NAME',
    });
  };
  const url = URL.canParse(address) ? new URL(address) : refuse('is not a URL');
  if (kind === 'email' ? !/^smtps?:$/.test(url.protocol) : !isWebUrl(url))
    refuse(kind === 'email' ? 'is not smtp:// or smtps://' : 'is not https:// (http:// to this machine alone)');
  if (url.username || url.password) refuse('has a user or a password in it');
  // The path of such a webhook is what allows to post.
  if (kind === 'slack') refuse('lets whoever sees it post to the channel');
  if (kind === 'email' && !url.searchParams.get('to')) refuse('names nobody in ?to=');
}

function isWebUrl({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

/** An address as it may be shown: where it leads, and nothing by which to get in. */
function redactAddress(address: string): string {
  if (!URL.canParse(address) || /^(env|file):/.test(address)) return address;
  const { protocol, host, pathname, searchParams } = new URL(address);
  const to = searchParams.get('to');
  return `${protocol}//${host}${pathname.length > 1 ? '/…' : ''}${to ? ` to ${to}` : ''}`;
}
