import { describe, expect, it } from 'vitest';
import { connectionsTo, type TrafficEndpoint, type TrafficModel, type TrafficTable } from '../../model/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { changedAddresses } from './changed-addresses.ts';
import { type CutRefusedInput, cutRefused } from './cut-refused.ts';
import { parseConntrack, type TrackedConnection } from './parse-conntrack.ts';

const endpoint = (name: string, address: string, more: Partial<TrafficEndpoint> = {}): TrafficEndpoint => ({
  id: `docker:${name}`,
  name,
  addresses: [address],
  groups: [name],
  outbound: 0,
  inbound: 1,
  mode: 'enforce',
  ...more,
});

const table = (direction: TrafficTable['direction'], populations: readonly string[] = []): TrafficTable => ({
  direction,
  tiers: [
    {
      name: 'groups',
      otherwise: 'deny',
      decisions: [
        {
          action: 'allow',
          peers: { populations, addresses: { v4: [{ from: 1, end: 2 }], v6: [{ from: 1n, end: 2n }] }, names: [] },
          connections: connectionsTo('tcp', 80),
          source: { document: 'SecurityGroup web', path: 'inbound[0]' },
        },
      ],
    },
  ],
});

const model: TrafficModel = {
  endpoints: [
    endpoint('web', '172.17.0.2/16'),
    endpoint('db', '172.17.0.3', { outbound: 2, inbound: 3 }),
    endpoint('watched', '172.17.0.4', { mode: 'observe' }),
    endpoint('six', 'fd00:0::2'),
  ],
  populations: new Map([
    ['*', [0, 1, 2, 3]],
    ['web', [0]],
  ]),
  tables: [table('outbound'), table('inbound'), table('outbound'), table('inbound', ['web'])],
};

function tcp(
  from: string,
  to: string,
  port: number,
  options: { answers?: string; real?: number; sport?: number } = {},
) {
  const { answers = to, real = port, sport = 40_000 } = options;
  const family = from.includes(':') ? 'ipv6 10' : 'ipv4 2';
  const line = `${family} tcp 6 99 ESTABLISHED src=${from} dst=${to} sport=${sport} dport=${port} src=${answers} dst=${from} sport=${real} dport=${sport} [ASSURED] mark=0 use=1`;
  const connection = parseConntrack(line);
  if (connection === undefined) throw new TypeError(line);
  return connection;
}

async function* each(connections: readonly TrackedConnection[]): AsyncGenerator<TrackedConnection> {
  yield* connections;
}

async function cut(connections: readonly TrackedConnection[], more: Partial<CutRefusedInput> = {}) {
  const ran: string[] = [];
  const judged: string[] = [];
  const report = await cutRefused({
    connections: each(connections),
    model,
    judge: {
      judge({ source, destination, protocol, port }) {
        judged.push(`${source} ${destination} ${protocol} ${port}`);
        return port === 443 ? { outcome: 'allowed' } : { outcome: 'refused', refusedBy: 'outbound' };
      },
    },
    hostAddresses: ['172.17.0.1'],
    run: async (args) => {
      ran.push(args.join(' '));
      return { code: 0, said: 'conntrack v1.4.7 (conntrack-tools): 2 flow entries have been deleted.\n' };
    },
    ...more,
  });
  return { report, ran, judged };
}

describe('cutRefused', () => {
  it('deletes what is refused, by its exact ends, and nothing that is allowed', async () => {
    const { report, ran } = await cut([tcp('172.17.0.2', '203.0.113.1', 80), tcp('172.17.0.2', '203.0.113.1', 443)]);
    expect(ran).toEqual([
      '-D -f ipv4 -w 0 -s 172.17.0.2 -d 203.0.113.1 -r 203.0.113.1 -q 172.17.0.2 -p tcp --orig-port-dst 80 --reply-port-src 80',
    ]);
    expect(report).toEqual({
      looked: 2,
      refused: [{ source: '172.17.0.2', destination: '203.0.113.1', protocol: 'tcp', port: 80, connections: 1 }],
      cut: 2,
      more: false,
    });
  });

  it('judges who answers in truth, and the port there', async () => {
    const { judged, ran } = await cut([tcp('172.17.0.2', '192.0.2.1', 8080, { answers: '172.17.0.3', real: 5432 })]);
    expect(judged).toEqual(['172.17.0.2 172.17.0.3 tcp 5432']);
    expect(ran[0]).toContain('-d 192.0.2.1 -r 172.17.0.3');
    expect(ran[0]).toContain('--orig-port-dst 8080 --reply-port-src 5432');
  });

  it('judges and deletes once for all connections of a kind', async () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      tcp('172.17.0.2', '203.0.113.1', 80, { sport: 1000 + index }),
    );
    const { report, ran, judged } = await cut(many);
    expect([ran.length, judged.length, report.refused[0]?.connections]).toEqual([1, 1, 500]);
  });

  it.each([
    ['without a container', tcp('192.0.2.9', '192.0.2.1', 22)],
    ['of the host to a container', tcp('172.17.0.1', '172.17.0.3', 5432)],
    ['that a container in mode observe would refuse', tcp('172.17.0.4', '203.0.113.1', 80)],
  ])('lets be what is %s', async (_, connection) => {
    expect((await cut([connection])).ran).toEqual([]);
  });

  it('looks at who refuses: a container in mode observe has a peer that enforces', async () => {
    const judge = { judge: () => ({ outcome: 'refused', refusedBy: 'inbound' }) as const };
    expect((await cut([tcp('172.17.0.4', '172.17.0.3', 80)], { judge })).ran).toHaveLength(1);
    expect((await cut([tcp('172.17.0.3', '172.17.0.4', 80)], { judge })).ran).toHaveLength(0);
  });

  it('cuts what comes from outside through a published port', async () => {
    const connection = tcp('198.51.100.7', '192.0.2.1', 8080, { answers: '172.17.0.3', real: 80 });
    const judge = { judge: () => ({ outcome: 'refused', refusedBy: 'inbound' }) as const };
    expect((await cut([connection], { judge })).report.cut).toBe(2);
  });

  it('cuts version 6 and ICMP by their own options', async () => {
    const ping = parseConntrack(
      'ipv6 10 icmpv6 58 29 src=fd00::2 dst=fd00::3 type=128 code=0 id=5 src=fd00::3 dst=fd00::2 type=129 code=0 id=5 mark=0 use=1',
    );
    if (ping === undefined) throw new TypeError('no ping');
    expect((await cut([ping])).ran).toEqual([
      '-D -f ipv6 -w 0 -s fd00::2 -d fd00::3 -r fd00::3 -q fd00::2 -p icmpv6 --icmpv6-type 128 --icmpv6-code 0',
    ]);
  });

  it('looks at those alone that are named, and lets be what is exempt', async () => {
    const connections = [tcp('172.17.0.2', '203.0.113.1', 80), tcp('172.17.0.3', '203.0.113.1', 80)];
    expect((await cut(connections, { only: new Set(['172.17.0.3']) })).report.looked).toBe(1);
    expect((await cut(connections, { exempt: () => true })).ran).toEqual([]);
  });

  it('cuts a bounded number of kinds, and says that there are more', async () => {
    const scan = Array.from({ length: 2500 }, (_, index) => tcp('172.17.0.2', '203.0.113.1', 1000 + index));
    const { report, ran } = await cut(scan);
    expect([ran.length, report.more]).toEqual([2000, true]);
  });

  it('takes for gone what is not there any more, and throws where the kernel cannot be asked', async () => {
    const connections = [tcp('172.17.0.2', '203.0.113.1', 80)];
    const gone = async () => ({ code: 1, said: 'conntrack v1.4.7: 0 flow entries have been deleted.' });
    expect((await cut(connections, { run: gone })).report.cut).toBe(0);
    const failing = async () => ({ code: 1, said: 'Operation not permitted' });
    await expect(cut(connections, { run: failing })).rejects.toThrow(SegmentationError);
  });
});

describe('changedAddresses', () => {
  const changed = (after: Partial<TrafficModel>) => [...changedAddresses(model, { ...model, ...after })];

  it('are none where nothing changed, also where tables moved', () => {
    expect(changed({})).toEqual([]);
    const moved = model.endpoints.map((item) => ({ ...item, outbound: item.outbound + 1, inbound: item.inbound + 1 }));
    expect(changed({ endpoints: moved, tables: [table('inbound', ['x']), ...model.tables] })).toEqual([]);
  });

  it('are of those with another table, another mode or a new address, and of new ones', () => {
    const [outbound, , ...others] = model.tables as [TrafficTable, TrafficTable, ...TrafficTable[]];
    const changedInbound: TrafficTable = { ...table('inbound'), tiers: [] };
    expect(changed({ tables: [outbound, changedInbound, ...others] })).toEqual(['172.17.0.2', '172.17.0.4', 'fd00::2']);
    const [web, db, ...rest] = model.endpoints as [TrafficEndpoint, TrafficEndpoint, ...TrafficEndpoint[]];
    expect(changed({ endpoints: [web, { ...db, mode: 'observe' }, ...rest] })).toEqual(['172.17.0.3']);
    expect(changed({ endpoints: [...model.endpoints, endpoint('new', '172.17.0.9')] })).toContain('172.17.0.9');
  });

  it('are of those that moved, and of those that are gone, not of those that name their population', () => {
    const [web, ...rest] = model.endpoints as [TrafficEndpoint, ...TrafficEndpoint[]];
    const moved = { ...web, addresses: ['172.17.0.20'] };
    expect(changed({ endpoints: [moved, ...rest] })).toEqual(['172.17.0.2', '172.17.0.20']);
    const last = model.endpoints.length - 1;
    expect(changed({ endpoints: model.endpoints.slice(0, last) })).toEqual(['fd00::2']);
  });

  it('are of those that came to a population, or left it', () => {
    expect(changed({ populations: new Map(model.populations).set('web', [1]) })).toEqual(['172.17.0.2', '172.17.0.3']);
  });
});
