import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bom, judgement, match, npm } from '../../test/contract/store/specimens.ts';
import { fixedClock, silentLog } from '../base/index.ts';
import type { Notification, NotificationTarget, Store } from '../model/index.ts';
import { openStore } from '../store/index.ts';
import { createNotificationService } from './notifications.ts';
import { type NotifyParts, notifyTarget } from './notify.ts';
import { createWhoRuns } from './who-runs.ts';

let store: Store;
let parts: NotifyParts;
let sent: Notification[];
let isDown: boolean;
let left: number;
const clock = fixedClock(1_000_000);

beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
  sent = [];
  isDown = false;
  clock.set(1_000_000);
  parts = {
    store,
    clock,
    log: silentLog,
    whoRuns: createWhoRuns({ store, clock }),
    host: 'quay',
    deliver: async (_target, notification) => {
      if (isDown) throw new Error('it is down');
      sent.push(notification);
    },
  };
  await store.boms.put(bom('a', [npm('left')]), 1);
  [left = 0] = await store.matches.pending(10);
  await judge([]);
});
afterEach(() => store.close());

async function judge(flaws: readonly string[], severity: 'high' | 'low' = 'high') {
  await store.matches.put(
    [
      judgement(
        left,
        flaws.map((flaw) => match(flaw, { severity })),
      ),
    ],
    clock.now(),
  );
}

async function look() {
  const [target] = await store.notifications.list();
  await notifyTarget(parts, target as NotificationTarget, new AbortController().signal);
  return (await store.notifications.list())[0]?.state;
}

async function add(more: Partial<Parameters<ReturnType<typeof createNotificationService>['put']>[0]> = {}) {
  return createNotificationService(parts).put({ id: 'team', kind: 'webhook', address: 'env:HOOK', ...more });
}

describe('a target', () => {
  it('is told of what changes from now on, in one message, once', async () => {
    await judge(['X-0']);
    await add();
    await look();
    expect(sent).toEqual([]);
    await judge(['X-0', 'X-1', 'X-2']);
    await look();
    await look();
    expect(sent).toMatchObject([
      {
        host: 'quay',
        more: 0,
        changes: [{ kind: 'newly-affected', flaw: 'X-1', images: 1, running: 0 }, { flaw: 'X-2' }],
      },
    ]);
  });

  it('that is down gets the same again under the same key, later each time, and then what came since', async () => {
    await add();
    await judge(['X-1']);
    isDown = true;
    const first = await look();
    expect(first).toMatchObject({ attempts: 1, lastError: 'it is down', due: clock.now() + 5000 });
    await judge(['X-1', 'X-2']);
    expect(await look()).toEqual(first);
    clock.set((first?.due ?? 0) + 1);
    const second = await look();
    expect(second).toMatchObject({ attempts: 2, due: clock.now() + 10_000 });
    isDown = false;
    clock.set((second?.due ?? 0) + 1);
    await look();
    expect(await look()).toMatchObject({ attempts: 0, lastDelivered: clock.now() });
    expect(sent).toMatchObject([{ changes: [{ flaw: 'X-1' }] }, { changes: [{ flaw: 'X-2' }] }]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  it('loses nothing where the process ends in the midst', async () => {
    await add();
    await judge(['X-1']);
    const stopping = new AbortController();
    const cutOff = { ...parts, deliver: async () => Promise.reject(stopping.abort()) };
    const [target] = await store.notifications.list();
    await notifyTarget(cutOff, target as NotificationTarget, stopping.signal);
    await look();
    expect(sent).toMatchObject([{ changes: [{ flaw: 'X-1' }] }]);
  });

  it('is not told by two processes', async () => {
    await add();
    await judge(['X-1']);
    const [target] = await store.notifications.list();
    const signal = new AbortController().signal;
    await Promise.all([1, 2].map(() => notifyTarget(parts, target as NotificationTarget, signal)));
    expect(sent).toHaveLength(1);
  });

  it.each([
    [{ severity: 'critical' }, ['X-1'], 0],
    [{ severity: 'low', runningOnly: true }, ['X-1'], 0],
    [{ kinds: ['no-longer-affected'] }, ['X-1'], 0],
    [{ severity: 'high' }, ['X-1'], 1],
  ] as const)('that asks for %j is told of what it asks for', async (filter, flaws, messages) => {
    const { kinds, ...rest } = { kinds: ['newly-affected'] as const, ...filter };
    await add({ ...rest, kinds: [...kinds] });
    await judge(flaws);
    expect((await look())?.cursor).toBe(await store.changes.lastId());
    expect(sent).toHaveLength(messages);
  });

  it('waits until all of an import is judged', async () => {
    await add();
    await judge(['X-1']);
    await store.boms.put(bom('b', [npm('right')]), 2);
    await look();
    expect(sent).toEqual([]);
    clock.set(clock.now() + 31_000);
    await look();
    expect(sent).toHaveLength(1);
  });
});

describe('an address', () => {
  it.each([
    ['webhook', 'https://user:secret@hooks.example/x'],
    ['webhook', 'http://hooks.example/x'],
    ['webhook', 'ftp://hooks.example/x'],
    ['webhook', 'hooks.example'],
    ['slack', 'https://hooks.example/services/T0/B0/secret'],
    ['email', 'https://mail.example?to=a@b.example'],
    ['email', 'smtp://mail.example'],
    ['email', 'smtps://user:secret@mail.example?to=a@b.example'],
  ] as const)('of a %s is refused: %s', async (kind, address) => {
    await expect(add({ kind, address })).rejects.toMatchObject({ code: 'bad-notification' });
    expect(await store.notifications.list()).toEqual([]);
  });

  it('is shown without what lets in', async () => {
    expect((await add({ address: 'https://hooks.example/in/T0k3n?key=1' })).address).toBe('https://hooks.example/…');
    expect((await add({ kind: 'email', address: 'smtp://mail.example:25?from=x&to=a@b.example' })).address).toBe(
      'smtp://mail.example:25 to a@b.example',
    );
    expect((await add({ kind: 'slack', address: 'file:/run/secrets/slack' })).address).toBe('file:/run/secrets/slack');
  });
});

describe('a test', () => {
  it('says whether the message was taken', async () => {
    await add();
    const { test } = createNotificationService(parts);
    expect(await test('team')).toEqual({ delivered: true, message: 'webhook env:HOOK took it' });
    isDown = true;
    expect(await test('team')).toEqual({ delivered: false, message: 'it is down' });
    expect(await test('nobody')).toBeUndefined();
    expect(sent).toMatchObject([{ about: 'test' }]);
  });
});
