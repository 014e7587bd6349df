/**
 * How fast it is known who reaches whom, beside the floor: making as many edges as come out and nothing else; and beside
 * asking the tables about each pair of endpoints, as one would do it plainly, on a sample of the pairs.
 * `npm run bench -- reach`: 10,000 endpoints in 1,000 groups, each with a table of its own for either direction that speaks of
 * ten groups, four blocks, a name, and a deny list of 20,000 blocks. `node --expose-gc test/bench/reach.bench.ts
 * [--endpoints N] [--groups N] [--denied N]` for others. It asserts nothing.
 */
import { parseArgs } from 'node:util';
import { type AddressSet, allAddresses, formatAddress, noAddresses, spansOf } from '../../src/base/index.ts';
import {
  allConnections,
  connectionsTo,
  hasNoConnection,
  intersectConnections,
  type TrafficDecision,
  type TrafficEdge,
  type TrafficModel,
  type TrafficTable,
} from '../../src/model/index.ts';
import { countReach, createTrafficJudge, expandReach, reachClasses, reachEdges } from '../../src/segmentation/index.ts';
import { decideConnections } from '../../src/segmentation/reach/decide-connections.ts';
import { memoryInUse } from './figures.ts';
import { randomFrom } from './fleet/shape.ts';

const { values } = parseArgs({
  options: {
    endpoints: { type: 'string', default: '10000' },
    groups: { type: 'string', default: '1000' },
    denied: { type: 'string', default: '20000' },
  },
});
const endpoints = Number(values.endpoints);
const groups = Number(values.groups);
const random = randomFrom(44);
const model = madeModel(Number(values.denied));
console.log(
  `  ${endpoints} endpoints, ${model.tables.length} tables, ${groups} groups, ${values.denied} denied blocks`,
);

const before = memoryInUse();
const classes = best(3, () => reachClasses(model));
console.log(`  edges between classes: ${classes.result.edges.length} in ${milliseconds(classes.time)}`);
console.log(`  they take ${((memoryInUse() - before) / 1e6).toFixed(0)} MB`);
const spans = best(1, () =>
  classes.result.edges.reduce((sum, { from, to }) => {
    const far = [from, to].flatMap((party) => (party.kind === 'addresses' ? [party.addresses] : []));
    return far.reduce((all, { v4, v6 }) => all + v4.length + v6.length, sum);
  }, 0),
);
console.log(`  asking for all ${spans.result} ranges of what is outside in ${milliseconds(spans.time)} more`);
const edges = best(3, () => reachEdges(model).length);
const count = countReach(classes.result.edges);
console.log(`  edges between endpoints: ${edges.result} in ${milliseconds(edges.time)}, classes and all`);

const [first] = expandReach(classes.result.edges);
const floor = best(3, () => {
  const made: TrafficEdge[] = [];
  for (let index = 0; first !== undefined && index < count; index += 1) made.push({ ...first });
  return made.length;
});
const sample = 20_000;
const pairwise = best(1, () => {
  let open = 0;
  for (let index = 0; index < sample; index += 1) if (asksPair(random(endpoints), random(endpoints))) open += 1;
  return open;
});
const all = (pairwise.time / sample) * endpoints * (endpoints - 1);
console.log(
  `  making ${count} edges alone: ${milliseconds(floor.time)}: ratio ${(edges.time / floor.time).toFixed(1)}`,
);
console.log(
  `  asking each pair plainly: ${milliseconds(all)} (from ${sample}): ratio ${(all / edges.time).toFixed(0)}`,
);

const { time: made, result: judge } = best(3, () => createTrafficJudge(model).judge);
const asked = Array.from({ length: 200_000 }, () => ({
  source: addressOf(random(endpoints)),
  destination:
    random(3) === 0 ? formatAddress({ family: 4, value: random(20_000) * 4096 }) : addressOf(random(endpoints)),
  protocol: 'tcp' as const,
  port: random(1000),
}));
const judged = best(4, () => asked.filter((connection) => judge(connection).outcome === 'allowed').length);
const again = asked.slice(0, 2000).flatMap((connection) => Array.from({ length: 100 }, () => connection));
const repeated = best(4, () => again.filter((connection) => judge(connection).outcome === 'allowed').length);
console.log(`  judge made in ${milliseconds(made)}; ${perSecond(judged.time)} of different pairs a second`);
console.log(`  ${perSecond(repeated.time)} of pairs that come again a second`);

function perSecond(time: number): string {
  return Math.round(asked.length / (time / 1000)).toLocaleString('en');
}

function milliseconds(time: number): string {
  return `${time.toFixed(0)} ms`;
}

function best<Result>(times: number, work: () => Result): { readonly time: number; readonly result: Result } {
  let time = Number.POSITIVE_INFINITY;
  let result: Result | undefined;
  for (let index = 0; index < times; index += 1) {
    const start = performance.now();
    result = work();
    time = Math.min(time, performance.now() - start);
  }
  return { time, result: result as Result };
}

function asksPair(from: number, to: number): boolean {
  const ask = (self: number, peer: number, direction: 'outbound' | 'inbound') => {
    const table = model.tables[model.endpoints[self]?.[direction] ?? 0] as TrafficTable;
    const fitting: number[] = [];
    let number = 0;
    for (const { decisions } of table.tiers)
      for (const { peers } of decisions) {
        if (peers.populations.some((name) => model.populations.get(name)?.includes(peer))) fitting.push(number);
        number += 1;
      }
    return decideConnections(table, fitting).allowed;
  };
  return !hasNoConnection(intersectConnections(ask(from, to, 'outbound'), ask(to, from, 'inbound')));
}

function addressOf(index: number): string {
  return formatAddress({ family: 4, value: 0x0a00_0000 + index });
}

function madeModel(denied: number): TrafficModel {
  const blocks = spansOf(
    Array.from({ length: denied }, () => random(2 ** 20) * 4096).map((from) => ({
      from,
      end: from + 256 * (1 + random(4)),
    })),
  );
  const none = { populations: [], addresses: noAddresses, names: [] };
  const source = { document: 'AddressList feed', path: 'spec' };
  const listed: TrafficDecision = {
    action: 'deny',
    peers: { ...none, addresses: { v4: blocks, v6: [] } },
    connections: allConnections,
    source,
  };
  const block = (): AddressSet => {
    const from = random(2 ** 16) * 65_536;
    return { v4: [{ from, end: from + 65_536 }], v6: [] };
  };
  const peersOf = (group: number): readonly string[] =>
    Array.from({ length: 10 }, (_, index) => `group-${(group + (index + 1) * 7) % groups}`);
  const table = (group: number, direction: 'inbound' | 'outbound'): TrafficTable => ({
    direction,
    tiers: [
      { name: 'deny lists', decisions: [listed], otherwise: 'next' },
      {
        name: 'groups',
        otherwise: 'deny',
        decisions: [
          ...(direction === 'outbound'
            ? peersOf(group)
            : Array.from({ length: 10 }, (_, index) => `group-${(group + groups * 7 - (index + 1) * 7) % groups}`)
          ).map((name, index) => allowing({ ...none, populations: [name] }, 100 * index, 100 * index + 99)),
          ...Array.from({ length: 4 }, () =>
            allowing({ ...none, addresses: block() }, random(1000), 1000 + random(1000)),
          ),
          ...(direction === 'outbound' ? [allowing({ ...none, names: [`api-${group}.example.com`] }, 443, 443)] : []),
          ...(group % 4 === 0 ? [allowing({ ...none, addresses: allAddresses }, 443, 443)] : []),
        ],
      },
    ],
  });
  const allowing = (peers: TrafficDecision['peers'], first: number, last: number): TrafficDecision => ({
    action: 'allow',
    peers,
    connections: connectionsTo('tcp', first, last),
    source: { document: 'SecurityGroup', path: 'rule' },
  });
  const members = Array.from({ length: groups }, (): number[] => []);
  for (let index = 0; index < endpoints; index += 1) members[index % groups]?.push(index);
  return {
    tables: Array.from({ length: groups }, (_, group) => group).flatMap((group) => [
      table(group, 'outbound'),
      table(group, 'inbound'),
    ]),
    populations: new Map([
      ['*', Array.from({ length: endpoints }, (_, index) => index)],
      ...members.map((list, group): [string, number[]] => [`group-${group}`, list]),
    ]),
    endpoints: Array.from({ length: endpoints }, (_, index) => ({
      id: `docker:${index}`,
      name: `container ${index}`,
      addresses: [addressOf(index)],
      groups: [`group-${index % groups}`],
      outbound: (index % groups) * 2,
      inbound: (index % groups) * 2 + 1,
      mode: 'enforce' as const,
    })),
  };
}
