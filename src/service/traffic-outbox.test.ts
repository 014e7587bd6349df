import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bom, judgement, match, npm } from '../../test/contract/store/specimens.ts';
import { fixedClock, silentLog } from '../base/index.ts';
import type { Flow, Notification, NotificationTarget, Store, TrafficEvent } from '../model/index.ts';
import { openStore } from '../store/index.ts';
import { createNotificationService } from './notifications.ts';
import { type NotifyParts, notifyTarget } from './notify.ts';
import { createWhoRuns } from './who-runs.ts';

let store: Store;
let parts: NotifyParts;
let sent: Notification[];
let isDown: boolean;
const clock = fixedClock(1_000_000_000);
const minute = 60_000;

beforeEach(async () => {
  store = await openStore({ url: ':memory:' });
  sent = [];
  isDown = false;
  clock.set(1_000_000_000);
  const deliver: NotifyParts['deliver'] = async (_target, notification) => {
    if (isDown) throw new Error('it is down');
    sent.push(notification);
  };
  parts = { store, clock, log: silentLog, whoRuns: createWhoRuns({ store, clock }), host: 'quay', deliver };
});
afterEach(() => store.close());

function flow(port: number, more: Partial<Flow> = {}): Flow {
  return {
    host: 'h1',
    container: { engine: 'docker', containerId: 'c1', name: 'shop-web-1', groups: ['web'] },
    direction: 'outbound',
    peer: { kind: 'address', address: '192.0.2.9', name: 'bad.example' },
    protocol: 'tcp',
    port,
    outcome: 'refused',
    first: clock.now(),
    last: clock.now(),
    attempts: 3,
    ...more,
  };
}

async function happen(kind: TrafficEvent['kind'], ...flows: readonly Flow[]): Promise<void> {
  await store.traffic.recordEvents(
    flows.map((one) => ({ at: clock.now(), kind, host: 'h1', message: `port ${one.port}`, flow: one })),
  );
}
const alarm = (...ports: readonly number[]) => happen('listed', ...ports.map((port) => flow(port, { listed: 'bad' })));
const meet = (...ports: readonly number[]) =>
  happen('new-peer', ...ports.map((port) => flow(port, { outcome: 'allowed' })));

async function look() {
  const [target] = await store.notifications.list();
  await notifyTarget(parts, target as NotificationTarget, new AbortController().signal);
  return (await store.notifications.list())[0]?.state;
}
function wait(milliseconds: number) {
  clock.set(clock.now() + milliseconds);
  return look();
}
type Input = Parameters<ReturnType<typeof createNotificationService>['put']>[0];
const add = (more: Partial<Input> = {}) =>
  createNotificationService(parts).put({ id: 'team', kind: 'webhook', address: 'env:HOOK', ...more });

/** What was told: for each message its kinds and peers. */
const told = () =>
  sent.map((one) =>
    one.about === 'traffic' ? one.events.map(({ kind, peers, more }) => `${kind} ${peers.length + more}`) : one.about,
  );

describe('an alarm', () => {
  it('is told at once to whoever is told at all, and not what was before', async () => {
    await alarm(1);
    await add();
    await look();
    expect(sent).toEqual([]);
    await alarm(443);
    await look();
    await look();
    expect(sent).toMatchObject([
      {
        about: 'traffic',
        host: 'quay',
        more: 0,
        events: [
          {
            kind: 'listed',
            host: 'h1',
            who: 'web',
            direction: 'outbound',
            outcome: 'refused',
            list: 'bad',
            peers: ['192.0.2.9 (bad.example), tcp 443'],
          },
        ],
      },
    ]);
  });

  it('is followed by one message in five minutes, however much there is', async () => {
    await add();
    await alarm(1);
    await look();
    for (let port = 2; port < 22; port++) {
      await alarm(port);
      await wait(10_000);
    }
    expect(told()).toEqual([['listed 1']]);
    await wait(2 * minute);
    await wait(10 * minute);
    expect(told()).toEqual([['listed 1'], ['listed 20']]);
    expect(sent[1]).toMatchObject({ events: [{ peers: { length: 5 }, more: 15 }] });
  });

  it('is tried again with the same under the same key while the target is down, and nothing is lost', async () => {
    await add();
    const keys: string[] = [];
    const failing: NotifyParts = {
      ...parts,
      deliver: async (_target, { key }) => {
        keys.push(key);
        throw new Error('it is down');
      },
    };
    const [target] = await store.notifications.list();
    const up = parts;
    await alarm(1);
    parts = failing;
    const first = await look();
    expect(first).toMatchObject({ attempts: 1, lastError: 'it is down', due: clock.now() + 5000 });
    await alarm(2);
    await wait(6000);
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
    expect((await createNotificationService(parts).list())[0]).toMatchObject({ backlog: 2, state: 'failing' });
    parts = up;
    await wait(11_000);
    expect(sent.map(({ key }) => key)).toEqual([keys[0]]);
    await wait(5 * minute);
    expect(told()).toEqual([['listed 1'], ['listed 1']]);
    expect(target?.state.traffic.told).toEqual({ listed: 0 });
  });

  it('of a scan is a bounded message that says how much it leaves out', async () => {
    await add();
    const groups = Array.from({ length: 60 }, (_, at) => `g${at}`);
    await happen(
      'listed',
      ...groups.map((group) => flow(1, { container: { ...flow(1).container, groups: [group] }, listed: 'bad' })),
    );
    await look();
    expect(sent).toMatchObject([{ events: { length: 50 }, more: 10 }]);
  });
});

describe('a new peer', () => {
  it('is told to whoever asks for it alone, some minutes later, with all that came meanwhile', async () => {
    await add({ kinds: ['new-peer'] });
    await alarm(1);
    await meet(2, 3);
    await look();
    await meet(4);
    await wait(9 * minute);
    expect(told()).toEqual([]);
    await wait(minute);
    await wait(20 * minute);
    expect(told()).toEqual([['new-peer 3']]);
  });

  it('goes along with an alarm, after it', async () => {
    await add({ kinds: ['listed', 'new-peer'] });
    await meet(1);
    await alarm(2);
    await look();
    await wait(20 * minute);
    expect(told()).toEqual([['listed 1', 'new-peer 1']]);
  });

  it('is told from then on where a target asks for it later, and alarms are not told again', async () => {
    await add({ kinds: ['listed'] });
    await alarm(1);
    await look();
    await meet(2);
    await add({ kinds: ['listed', 'new-peer'] });
    await look();
    await meet(3);
    await wait(30 * minute);
    expect(told()).toEqual([['listed 1'], ['new-peer 1']]);
    await add({ kinds: ['newly-affected'] });
    await alarm(4);
    expect((await wait(30 * minute))?.traffic.told).toEqual({});
    expect(sent).toHaveLength(2);
  });
});

describe('changes', () => {
  it('are told to a target that takes no alarms', async () => {
    await add({ kinds: ['newly-affected', 'listed'], severity: 'low' });
    await store.boms.put(bom('a', [npm('left')]), 1);
    const [left = 0] = await store.matches.pending(10);
    await store.matches.put([judgement(left, [])], clock.now());
    await store.matches.put([judgement(left, [match('X-1')])], clock.now());
    await alarm(1);
    const { deliver } = parts;
    parts = {
      ...parts,
      deliver: async (target, notification, signal) => {
        if (notification.about === 'traffic') throw new Error('it knows no such type');
        await deliver(target, notification, signal);
      },
    };
    expect(await look()).toMatchObject({ attempts: 1, lastError: 'it knows no such type', lastDelivered: clock.now() });
    expect(await wait(6000)).toMatchObject({ attempts: 2 });
    expect(sent).toMatchObject([{ about: 'changes', changes: [{ flaw: 'X-1' }] }]);
  });

  it('are not held up by alarms', async () => {
    await add({ kinds: ['newly-affected', 'listed'] });
    await alarm(1);
    const state = await look();
    expect(state?.due).toBe(clock.now());
    expect(state?.traffic.due).toBe(clock.now() + 5 * minute);
  });
});
