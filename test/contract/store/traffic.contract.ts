import { describe, expect, it } from 'vitest';
import { addressesOf, parseCidr } from '../../../src/base/index.ts';
import type { FlowRecording, GroupPeer, ProbeReport, TrafficEvent } from '../../../src/model/index.ts';
import { anHour, flowContainer, networkReport, someFlow, someTime } from '../../fakes/recorded-traffic.ts';
import type { StoreRoom } from './opened-stores.ts';

const page = { limit: 10, offset: 0 };
const bound = 1000;
const recording = (more: Partial<FlowRecording> = {}): FlowRecording => ({
  host: 'one.example',
  from: someTime,
  to: someTime + 1000,
  overflowed: false,
  ...more,
});
const address = (text: string, name?: string) =>
  ({ kind: 'address', address: text, ...(name ? { name } : {}) }) as const;

export function trafficContract(room: StoreRoom): void {
  describe('networks', () => {
    it('are given back as the agent of each host reported them last', async () => {
      const { traffic } = await room.fresh();
      await traffic.putNetwork(networkReport(['old']));
      await traffic.putNetwork(networkReport(['web', 'db']));
      await traffic.putNetwork(networkReport(['api'], { host: 'a.example' }));
      expect(await traffic.networks()).toEqual([
        networkReport(['api'], { host: 'a.example' }),
        networkReport(['web', 'db']),
      ]);
    });

    it('have a status by host', async () => {
      const { traffic } = await room.fresh();
      const status = { host: 'b.example', at: 1, state: 'failed', message: 'nft "x" \u0000', waiting: 0 } as const;
      await traffic.putStatus({ ...status, state: 'in-force' });
      await traffic.putStatus(status);
      await traffic.putStatus({ host: 'a.example', at: 2, state: 'idle', waiting: 3 });
      expect(await traffic.statuses()).toEqual([{ host: 'a.example', at: 2, state: 'idle', waiting: 3 }, status]);
    });
  });

  describe('flows', () => {
    it('are summed up, whatever the order in which they come', async () => {
      const { traffic } = await room.fresh();
      const late = someFlow({ first: someTime + 5, last: someTime + 50, attempts: 4 });
      const early = someFlow({ first: someTime - 20, last: someTime - 10, attempts: 2 });
      await traffic.record(recording(), [late, someFlow()], bound);
      await traffic.record(recording(), [early], bound);
      const sum = someFlow({ first: someTime - 20, last: someTime + 50, attempts: 7 });
      expect(await traffic.flows(page)).toEqual({ items: [{ ...sum, recent: 7 }], total: 1 });
    });

    it('are told apart by host, container, peer, port, way and outcome', async () => {
      const { traffic } = await room.fresh();
      const others = [
        { host: 'two.example' },
        { container: flowContainer('api') },
        { peer: address('192.0.2.1', 'api.example.com') },
        { peer: { kind: 'host' } },
        { peer: { kind: 'others' } },
        { direction: 'inbound' },
        { protocol: 'udp' },
        { port: 1 },
        { outcome: 'refused', listed: 'bad-addresses' },
      ] as const;
      const flows = [someFlow(), ...others.map((more, index) => someFlow({ last: someTime + index + 1, ...more }))];
      await traffic.record(recording(), flows, bound);
      const found = await traffic.flows({ ...page, limit: 20 });
      expect(found.items).toEqual(flows.toReversed().map((flow) => ({ ...flow, recent: 1 })));
    });

    it('are found by what is asked, also at their other end', async () => {
      const { traffic } = await room.fresh();
      const outside = someFlow({
        container: flowContainer('db', ['db', 'backup']),
        peer: address('192.0.2.1'),
        outcome: 'refused',
        first: someTime + 10,
        last: someTime + 10,
      });
      const inbound = someFlow({
        host: 'two.example',
        container: flowContainer('Proxy', ['web-proxy']),
        direction: 'inbound',
        peer: address('198.51.100.7'),
        first: someTime - anHour,
        last: someTime + 20,
      });
      const lonely = someFlow({
        container: flowContainer('lonely', []),
        peer: address('192.0.2.9'),
        first: someTime - anHour,
        last: someTime - 1,
      });
      await traffic.record(recording(), [someFlow(), outside, inbound, lonely], bound);
      const heard = someFlow({
        container: flowContainer('db', ['db', 'backup']),
        direction: 'inbound',
        peer: { kind: 'container', ...flowContainer('web') },
        first: someTime - anHour,
        last: someTime + 30,
        attempts: 1,
      });
      const ports = async (query: object) =>
        (await traffic.flows({ ...page, ...query })).items.map(({ container }) => container.name);
      expect(await ports({})).toEqual(['Proxy', 'db', 'web', 'lonely']);
      expect(await ports({ group: '' })).toEqual(['lonely']);
      expect(await ports({ limit: 1, offset: 1 })).toEqual(['db']);
      expect(await ports({ group: 'db' })).toEqual(['db', 'web']);
      expect(await ports({ group: 'backup' })).toEqual(['db']);
      expect(await ports({ group: 'web' })).toEqual(['web']);
      expect(await ports({ group: '%' })).toEqual([]);
      expect(await ports({ fromGroup: 'web', toGroup: 'db' })).toEqual(['web']);
      expect(await ports({ fromGroup: 'db' })).toEqual(['db']);
      expect(await ports({ toGroup: 'web-proxy' })).toEqual(['Proxy']);
      expect(await ports({ container: 'db' })).toEqual(['db', 'web']);
      expect(await ports({ container: 'proxy' })).toEqual(['Proxy']);
      expect(await ports({ container: flowContainer('web').containerId.slice(0, 6) })).toEqual(['web']);
      expect(await ports({ outcome: 'refused' })).toEqual(['db']);
      expect(await ports({ host: 'two.example' })).toEqual(['Proxy']);
      expect(await ports({ since: someTime + 15 })).toEqual(['Proxy']);
      expect(await ports({ firstSince: someTime })).toEqual(['db', 'web']);
      await traffic.record(recording(), [heard], bound);
      expect(await ports({ outcome: 'allowed', since: someTime })).toEqual(['db', 'Proxy', 'web']);
      expect(await ports({ outcome: 'allowed', since: someTime, once: true })).toEqual(['Proxy', 'web']);
    });

    it('are counted by hour for the last day, and by all there is for longer', async () => {
      const { traffic } = await room.fresh();
      const at = (hours: number, attempts: number) => {
        const time = someTime + hours * anHour;
        return traffic.record(recording(), [someFlow({ first: time, last: time, attempts })], bound);
      };
      await at(0, 100);
      await at(30, 10);
      await at(50, 1);
      const recent = async (hours: number) =>
        (await traffic.flows({ ...page, since: someTime + hours * anHour })).items[0]?.recent;
      expect(await recent(49)).toBe(1);
      expect(await recent(26)).toBe(11);
      expect(await recent(1)).toBe(111);
      const sums = await traffic.sums({ since: someTime + 26 * anHour, limit: 10 });
      expect(sums).toMatchObject([{ attempts: 11, last: someTime + 50 * anHour }]);
    });

    it('are summed up by the groups of their ends', async () => {
      const { traffic } = await room.fresh();
      const flow = (name: string, more: object) => someFlow({ container: flowContainer(name, ['web']), ...more });
      await traffic.record(
        recording(),
        [
          flow('web-1', { attempts: 3 }),
          flow('web-2', { attempts: 4, last: someTime + 9 }),
          flow('web-1', { attempts: 1, outcome: 'refused' }),
          // The other end of the first two saw them as well.
          flow('db', {
            attempts: 7,
            direction: 'inbound',
            peer: { kind: 'container', ...flowContainer('web-1', ['web']) },
          }),
          flow('web-1', { attempts: 2, direction: 'inbound', peer: address('192.0.2.1', 'a.example'), port: 80 }),
        ],
        bound,
      );
      const groups = (...names: string[]) => ({ kind: 'groups', groups: names });
      const sum = { host: 'one.example', direction: 'outbound', protocol: 'tcp', port: 5432, last: someTime };
      const inbound = { ...sum, direction: 'inbound', port: 80 };
      const sums = await traffic.sums({ since: 0, limit: 10 });
      expect(sums).toEqual([
        { ...sum, from: groups('web'), to: groups('db'), outcome: 'allowed', attempts: 7, last: someTime + 9 },
        { ...inbound, from: address('192.0.2.1', 'a.example'), to: groups('web'), outcome: 'allowed', attempts: 2 },
        { ...sum, from: groups('web'), to: groups('db'), outcome: 'refused', attempts: 1 },
      ]);
      expect(await traffic.sums({ since: 0, limit: 1 })).toHaveLength(1);
      expect(await traffic.sums({ since: 0, host: 'two.example', limit: 9 })).toEqual([]);
    });

    it('add up to counts of a host that only grow', async () => {
      const { traffic } = await room.fresh();
      const counts = { host: 'one.example', allowed: 1, refused: 2, observed: 3, listed: 4, spoofed: 5 };
      await traffic.count(counts);
      await traffic.count({ ...counts, host: 'two.example', allowed: 2 ** 40 });
      await traffic.count({ ...counts, refused: 0 });
      expect(await traffic.counts()).toEqual([
        { host: 'one.example', allowed: 2, refused: 2, observed: 6, listed: 8, spoofed: 10 },
        { ...counts, host: 'two.example', allowed: 2 ** 40 },
      ]);
    });

    it('of a host are bounded: those seen longest ago go', async () => {
      const { traffic } = await room.fresh();
      const flows = [5, 1, 4, 2, 3].map((port) => someFlow({ port, last: someTime + port }));
      await traffic.record(recording({ host: 'two.example' }), [someFlow({ host: 'two.example', port: 99 })], 3);
      await traffic.record(recording(), flows, 3);
      expect((await traffic.flows(page)).items.map(({ port }) => port)).toEqual([5, 4, 3, 99]);
    });

    it('and events are forgotten after a time', async () => {
      const { traffic } = await room.fresh();
      await traffic.record(
        recording(),
        [1, 2, 3].map((port) => someFlow({ port, last: port })),
        bound,
      );
      await traffic.recordEvents([{ at: 1, kind: 'spoofed', host: 'one.example', message: 'x' }]);
      expect(await traffic.forget(3, 1)).toBe(2);
      expect(await traffic.forget(3, 10)).toBe(1);
      expect(await traffic.forget(3, 10)).toBe(0);
      expect((await traffic.flows(page)).items.map(({ port }) => port)).toEqual([3]);
    });
  });

  describe('recordings', () => {
    it('go on while they are prolonged, and begin anew after a gap', async () => {
      const { traffic } = await room.fresh();
      await traffic.record(recording({ overflowed: true }), [], bound);
      await traffic.record(recording({ from: someTime + anHour, to: someTime + 2 * anHour }), [], bound);
      await traffic.record(recording({ host: 'a.example' }), [], bound);
      const whole = recording({ to: someTime + 2 * anHour, overflowed: true });
      expect(await traffic.recordings()).toEqual([recording({ host: 'a.example' }), whole]);
      const later = recording({ from: someTime + 9 * anHour, to: someTime + 10 * anHour });
      await traffic.record(later, [], bound);
      expect(await traffic.recordings()).toContainEqual(later);
    });
  });

  describe('peers of groups', () => {
    const peer = (more: Partial<GroupPeer> = {}): GroupPeer => ({
      group: 'web',
      key: `${more.group ?? 'web'} > group db tcp/5432`,
      first: 100,
      ...more,
    });
    it('are learned once, with since when the group is watched', async () => {
      const { traffic } = await room.fresh();
      expect(await traffic.learnPeers([peer(), peer()], bound)).toEqual([{ peer: peer(), groupSince: 100 }]);
      const next = peer({ key: 'web > host tcp/80', first: 200 });
      const other = peer({ group: 'db', first: 300 });
      expect(await traffic.learnPeers([peer({ first: 150 }), next, other], bound)).toEqual([
        { peer: next, groupSince: 100 },
        { peer: other, groupSince: 300 },
      ]);
      expect(await traffic.knownPeers()).toEqual([other.key, peer().key, next.key].sort());
    });
    it('are bounded for each group', async () => {
      const { traffic } = await room.fresh();
      const scan = [1, 2, 3, 4].map((port) => peer({ key: `web > host tcp/${port}` }));
      expect(await traffic.learnPeers(scan, 2)).toHaveLength(2);
      expect(await traffic.learnPeers(scan, 2)).toHaveLength(0);
      expect(await traffic.learnPeers([peer({ group: 'db' })], 2)).toHaveLength(1);
    });
  });

  describe('traffic events', () => {
    it('are listed by what is asked, the newest first', async () => {
      const { traffic } = await room.fresh();
      const event = (at: number, more: Partial<TrafficEvent> = {}): TrafficEvent => ({
        at,
        kind: 'refused',
        host: 'one.example',
        message: `at ${at}`,
        ...more,
      });
      const listed = event(2, { kind: 'listed', flow: someFlow({ listed: 'bad' }) });
      await traffic.recordEvents([event(1), listed, event(3, { host: 'two.example' })]);
      await traffic.recordEvents([]);
      const times = async (query: object) => (await traffic.events({ ...page, ...query })).items.map(({ at }) => at);
      expect(await times({})).toEqual([3, 2, 1]);
      expect(await times({ limit: 1, offset: 1 })).toEqual([2]);
      expect(await times({ kind: 'refused' })).toEqual([3, 1]);
      expect(await times({ host: 'one.example' })).toEqual([2, 1]);
      expect(await times({ since: 2 })).toEqual([3, 2]);
      expect((await traffic.events({ ...page, kind: 'listed' })).items).toEqual([listed]);
    });

    it('are given in the order in which they were written, after a number of each kind', async () => {
      const { traffic } = await room.fresh();
      expect(await traffic.lastEvent()).toBe(0);
      const kinds = ['listed', 'refused', 'new-peer', 'listed', 'new-peer'] as const;
      const event = (kind: TrafficEvent['kind'], at: number): TrafficEvent => ({
        at,
        kind,
        host: 'h',
        message: `at ${at}`,
      });
      await traffic.recordEvents(kinds.map(event));
      const last = await traffic.lastEvent();
      const after = async (query: Partial<Parameters<typeof traffic.eventsAfter>[0]>) =>
        (await traffic.eventsAfter({ after: {}, limit: 10, ...query })).map(({ number, event: { at } }) => [
          number,
          at,
        ]);
      expect(await after({})).toEqual([]);
      expect(await after({ after: { listed: 0, 'new-peer': 0 } })).toEqual(
        [0, 2, 3, 4].map((at) => [last - 4 + at, at]),
      );
      expect(await after({ after: { listed: last - 4, 'new-peer': last - 2 } })).toEqual(
        [3, 4].map((at) => [last - 4 + at, at]),
      );
      expect(await after({ after: { listed: 0, 'new-peer': 0 }, limit: 2, upTo: last })).toHaveLength(2);
      expect(await after({ after: { 'new-peer': 0 }, upTo: last - 1 })).toEqual([[last - 2, 2]]);
    });
  });

  describe('proofs', () => {
    const report: ProbeReport = {
      results: [],
      agreed: 1,
      disagreed: [],
      untried: [],
      left: [{ from: 'a', to: 'b', reason: 'no' }],
      names: {},
      isEveryPair: true,
      milliseconds: 7,
    };

    it('are taken by one, told of, and kept until nobody waits any more', async () => {
      const { proofs } = await room.fresh();
      const id = await proofs.ask('one.example', 10);
      const asked = { proofId: id, host: 'one.example', askedAt: 10, state: 'asked', toldAt: 10, tried: 0 } as const;
      expect(await proofs.get(id)).toEqual(asked);
      expect(await proofs.tell(id, 1, 11)).toBe(false);
      expect(await proofs.take('two.example', 0, 12)).toBeUndefined();
      expect(await proofs.take('one.example', 11, 12)).toBeUndefined();
      expect(await proofs.take('one.example', 10, 12)).toEqual({ ...asked, state: 'running', toldAt: 12 });
      expect(await proofs.take('one.example', 0, 13)).toBeUndefined();
      expect(await proofs.tell(id, 5, 14)).toBe(true);
      expect(await proofs.get(id)).toMatchObject({ state: 'running', tried: 5, toldAt: 14 });
      await proofs.finish(id, report, 15);
      expect(await proofs.get(id)).toMatchObject({ state: 'done', report });
      await proofs.withdraw(id);
      expect(await proofs.get(id)).toBeUndefined();
      await proofs.finish(id, report, 16);
      expect(await proofs.get(id)).toBeUndefined();
    });

    it('of an hour ago go with the next', async () => {
      const { proofs } = await room.fresh();
      const old = await proofs.ask('one.example', 10);
      await proofs.ask('one.example', 10 + 3_600_000);
      expect(await proofs.get(old)).toBeDefined();
      await proofs.ask('one.example', 11 + 3_600_000);
      expect(await proofs.get(old)).toBeUndefined();
    });
  });

  describe('addresses of deny lists', () => {
    it('are given back as they were read last', async () => {
      const { traffic } = await room.fresh();
      const blocks = ['192.0.2.0/24', '255.255.255.255', '2001:db8::/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'];
      const addresses = addressesOf(blocks.flatMap((block) => parseCidr(block) ?? []));
      const fetched = { list: 'bad', source: '/srv/bad.txt', addresses, fetchedAt: 5, attemptedAt: 9 };
      await traffic.putAddresses({ ...fetched, problem: 'gone' });
      await traffic.putAddresses(fetched);
      await traffic.putAddresses({ ...fetched, source: 'https://feeds.example/a' });
      expect(await traffic.addresses()).toEqual([fetched, { ...fetched, source: 'https://feeds.example/a' }]);
      await traffic.removeAddresses('bad', '/srv/bad.txt');
      expect(await traffic.addresses()).toHaveLength(1);
    });
  });
}
