import { includesAddress, parseAddress } from '../../src/base/index.ts';
import { type ConnectionSet, noConnections, type TrafficEdge, unionConnections } from '../../src/model/index.ts';

/** What runs in the cluster of the tests; `image` is what no policy can ask for. */
export const pods = ['one', 'two'].flatMap((namespace) =>
  ['a', 'b'].flatMap((app) =>
    [undefined, 'x'].flatMap((tier) =>
      ['red', 'blue'].map((image) => ({
        namespace,
        image,
        labels: { app, ...(tier ? { tier, 'com.docker.compose.project': 'shop' } : {}) },
      })),
    ),
  ),
);
export const nameOf = (index: number) => `${pods[index]?.namespace}/p${index}[Pod]`;
export const manifests = pods
  .map(({ namespace, labels }, index) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index}`, namespace, labels },
    }),
  )
  .join('\n---\n');
/** One of each kind of address that anything speaks of. */
export const places = [
  '10.0.0.1',
  '10.0.0.9',
  '10.96.0.1',
  '10.9.0.4',
  '192.0.2.1',
  '203.0.113.5',
  '169.254.169.254',
  '1.1.1.1',
];
export const places6 = ['2001:db8::1', 'fd00:ec2::254'];

/** What passes, by who asks whom; addresses stand for themselves. */
export function passesIn(edges: readonly TrafficEdge[]): ReadonlyMap<string, ConnectionSet> {
  const passes = new Map<string, ConnectionSet>();
  const all = [...places, ...places6];
  for (const { from, to, connections: passed } of edges) {
    const ends = [from, to].map((party): readonly string[] => {
      if (party.kind === 'endpoint') return [party.endpoint.name];
      if (party.kind === 'name') return [];
      return all.filter((text) => {
        const address = parseAddress(text);
        return address !== undefined && includesAddress(party.addresses, address);
      });
    });
    for (const a of ends[0] ?? [])
      for (const b of ends[1] ?? [])
        passes.set(`${a} > ${b}`, unionConnections(passes.get(`${a} > ${b}`) ?? noConnections, passed));
  }
  return passes;
}
