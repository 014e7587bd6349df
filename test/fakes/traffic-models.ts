import fc from 'fast-check';
import { type Address, type AddressSet, allAddresses, noAddresses, spansOf } from '../../src/base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  noConnections,
  type TrafficDecision,
  type TrafficEndpoint,
  type TrafficModel,
  type TrafficProtocol,
  type TrafficTable,
  type TrafficTier,
} from '../../src/model/index.ts';

/** Addresses of small models are here: 10.0.0.0/28, and of version 6 the first 16. */
export const firstAddress = 0x0a00_0000;
export const smallNames = ['a.example.com', 'b.example.com', '*.example.com', 'example.com'] as const;
const smallPopulations = ['red', 'green', 'blue'] as const;

const smallSpans = fc
  .array(fc.tuple(fc.nat(15), fc.nat(5)), { maxLength: 2 })
  .map((spans) => spansOf(spans.map(([from, size]) => ({ from, end: Math.min(from + size + 1, 16) }))));

const smallConnections: fc.Arbitrary<ConnectionSet> = fc.oneof(
  { weight: 2, arbitrary: smallSpans.map((tcp) => ({ ...noConnections, tcp })) },
  fc.tuple(smallSpans, smallSpans).map(([tcp, icmp]) => ({ ...noConnections, tcp, icmp })),
  smallSpans.map((udp) => ({ ...noConnections, udp })),
  fc.constant(allConnections),
);

const smallBlocks: fc.Arbitrary<AddressSet> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(noAddresses) },
  fc.tuple(smallSpans, smallSpans).map(([v4, v6]) => ({
    v4: v4.map(({ from, end }) => ({ from: firstAddress + from, end: firstAddress + end })),
    v6: v6.map(({ from, end }) => ({ from: BigInt(from), end: BigInt(end) })),
  })),
  fc.constant(allAddresses),
  // Wide: from somewhere among the small ones to the end.
  fc
    .nat(15)
    .map((from) => ({ v4: [{ from: firstAddress + from, end: 2 ** 32 }], v6: [{ from: 0n, end: 1n << 128n }] })),
  fc.nat(15).map((end) => ({ v4: [{ from: 0, end: firstAddress + end }], v6: [] })),
);

const smallDecision: fc.Arbitrary<Omit<TrafficDecision, 'source'>> = fc.record({
  action: fc.constantFrom('allow', 'allow', 'deny', 'pass'),
  peers: fc.record({
    populations: fc.uniqueArray(fc.constantFrom(...smallPopulations, '*', 'nobody'), { maxLength: 2 }),
    addresses: smallBlocks,
    names: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...smallNames), { maxLength: 2 })),
  }),
  connections: smallConnections,
});

const smallTable = (direction: 'inbound' | 'outbound'): fc.Arbitrary<TrafficTable> =>
  fc
    .array(
      fc.record({
        decisions: fc.array(smallDecision, { maxLength: 3 }),
        otherwise: fc.constantFrom<TrafficTier['otherwise']>('next', 'next', 'allow', 'deny'),
      }),
      { maxLength: 3 },
    )
    .map((tiers) => ({
      direction,
      tiers: tiers.map(({ decisions, otherwise }, tier) => ({
        name: tier === 0 ? 'deny lists' : `tier ${tier}`,
        otherwise,
        decisions: decisions.map((decision, index) => ({
          ...decision,
          source: { document: `Tier ${tier}`, path: `${direction}[${index}]` },
        })),
      })),
    }));

/** Models small enough to ask about every address and port: ports and addresses that differ are the first 16. */
export const smallModels: fc.Arbitrary<TrafficModel> = fc
  .record({
    outbound: fc.array(smallTable('outbound'), { minLength: 1, maxLength: 3 }),
    inbound: fc.array(smallTable('inbound'), { minLength: 1, maxLength: 3 }),
    endpoints: fc.array(
      fc.record({
        outbound: fc.nat(),
        inbound: fc.nat(),
        mode: fc.constantFrom('enforce', 'enforce', 'observe'),
        populations: fc.subarray([...smallPopulations]),
        version: fc.constantFrom(0, 4, 6),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ outbound, inbound, endpoints }) => ({
    tables: [...outbound, ...inbound],
    endpoints: endpoints.map((endpoint, index): TrafficEndpoint => {
      const last = index * 2 + 1;
      return {
        id: `endpoint-${index}`,
        name: `endpoint ${index}`,
        addresses: { 0: [], 4: [`10.0.0.${last}`], 6: [`::${last.toString(16)}`] }[endpoint.version] ?? [],
        groups: [],
        outbound: endpoint.outbound % outbound.length,
        inbound: outbound.length + (endpoint.inbound % inbound.length),
        mode: endpoint.mode as TrafficEndpoint['mode'],
      };
    }),
    populations: new Map([
      ['*', endpoints.map((_, index) => index)],
      ...smallPopulations.map((name): [string, number[]] => [
        name,
        endpoints.flatMap(({ populations }, index) => (populations.includes(name) ? [index] : [])),
      ]),
    ]),
  }));

/** Ports of small models, one of each that can differ: the last stands for all that follow. */
export const smallPorts: readonly (readonly [TrafficProtocol, number])[] = (
  ['tcp', 'udp', 'sctp', 'icmp'] as const
).flatMap((protocol) => Array.from({ length: protocol === 'sctp' ? 1 : 17 }, (_, port) => [protocol, port] as const));

/** Addresses of small models, one of each that can differ, and one beyond. */
export const smallAddresses: readonly Address[] = Array.from({ length: 17 }, (_, index) => index).flatMap(
  (index): readonly Address[] => [
    { family: 4, value: firstAddress + index },
    { family: 6, value: BigInt(index) },
  ],
);
