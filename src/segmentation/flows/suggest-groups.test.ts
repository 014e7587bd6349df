import { describe, expect, it } from 'vitest';
import type { Flow, FlowPeer, HostNetwork, NetworkedContainer } from '../../model/index.ts';
import { suggestGroups } from './suggest-groups.ts';

const container = (name: string, more: Partial<NetworkedContainer> = {}): NetworkedContainer => ({
  host: 'harbor',
  engine: 'docker',
  containerId: `id-${name}`,
  name,
  imageReference: 'registry.example/shop/app:1',
  imageId: `sha256:${'0'.repeat(64)}`,
  labels: {},
  pid: 1,
  attachments: [],
  published: [],
  outOfReach: [],
  ...more,
});
const service = (name: string, project = 'shop') =>
  container(`${project}-${name}-1`, {
    labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': name },
  });

const web = service('web');
const db = service('db');
const as = ({ name, containerId }: NetworkedContainer): FlowPeer & { kind: 'container' } => ({
  kind: 'container',
  engine: 'docker',
  containerId,
  name,
  groups: [],
});
const flow = (from: NetworkedContainer, peer: FlowPeer, port: number, more: Partial<Flow> = {}): Flow => ({
  host: 'harbor',
  container: as(from),
  direction: 'outbound',
  peer,
  protocol: 'tcp',
  port,
  outcome: 'observed',
  first: 0,
  last: Date.parse('2026-03-02T00:00:00Z'),
  attempts: 2,
  ...more,
});
const at = (address: string, name?: string): FlowPeer => ({ kind: 'address', address, ...(name && { name }) });
const recording = {
  host: 'harbor',
  from: Date.parse('2026-03-01T00:00:00Z'),
  to: Date.parse('2026-03-08T00:00:00Z'),
  overflowed: false,
};

function suggest(flows: readonly Flow[], containers = [web, db], hosts: readonly HostNetwork[] = []) {
  return suggestGroups({ flows, containers, recordings: [recording], hosts });
}

describe('suggestGroups', () => {
  it('writes a document for each compose service, in mode observe, with what was seen', () => {
    const { groups, remarks } = suggest([
      flow(web, as(db), 5432),
      flow(db, as(web), 5432, { direction: 'inbound' }),
      flow(web, at('198.51.100.7', 'api.example.com'), 443),
    ]);
    expect(remarks).toEqual([]);
    expect(groups).toEqual([
      {
        apiVersion: 'portwarden/v1',
        kind: 'SecurityGroup',
        metadata: {
          name: 'shop-db',
          description:
            'Suggested from what was seen on harbor from 2026-03-01T00:00:00.000Z to 2026-03-08T00:00:00.000Z; what was not seen may still happen.',
        },
        mode: 'observe',
        spec: {
          members: [{ project: 'shop', service: 'db' }],
          inbound: [
            {
              from: [{ group: 'shop-web' }],
              ports: ['tcp/5432'],
              description: '2 attempts, the last at 2026-03-02T00:00:00.000Z',
            },
          ],
        },
      },
      {
        apiVersion: 'portwarden/v1',
        kind: 'SecurityGroup',
        metadata: expect.objectContaining({ name: 'shop-web' }),
        mode: 'observe',
        spec: {
          members: [{ project: 'shop', service: 'web' }],
          outbound: [
            expect.objectContaining({ to: [{ name: 'api.example.com' }], ports: ['tcp/443'] }),
            expect.objectContaining({ to: [{ group: 'shop-db' }], ports: ['tcp/5432'] }),
          ],
        },
      },
    ]);
  });

  const outbound = (flows: readonly Flow[], ...more: [HostNetwork[]?]) =>
    suggest(flows, [web, db], more[0]).groups.find(({ metadata }) => metadata.name === 'shop-web')?.spec.outbound;

  it('does not suggest what was refused, nor what is listed', () => {
    const { remarks } = suggest([flow(web, at('203.0.113.4'), 443, { listed: 'bad' })]);
    expect(remarks).toEqual(['shop-web talked to an address of deny list bad: left out.']);
    expect(
      outbound([
        flow(web, at('198.51.100.7'), 443, { outcome: 'refused' }),
        flow(web, at('203.0.113.4'), 443, { listed: 'bad' }),
      ]),
    ).toBeUndefined();
  });

  it('joins ports and addresses side by side, and has none that was not seen', () => {
    const addresses = ['198.51.100.4', '198.51.100.5', '198.51.100.6', '198.51.100.7', '198.51.100.9', 'fd00::1'];
    const rules = outbound(
      addresses.flatMap((address) => [80, 81, 82, 443].map((port) => flow(web, at(address), port))),
    );
    expect(rules).toMatchObject([
      {
        to: [{ cidr: '198.51.100.4/30' }, { cidr: '198.51.100.9' }, { cidr: 'fd00::1' }],
        ports: ['tcp/80-82', 'tcp/443'],
      },
    ]);
  });

  it('has a bounded number of blocks, those with most attempts, and says what is left out', () => {
    const flows = Array.from({ length: 100 }, (_, index) =>
      flow(web, at(`198.51.100.${index * 2}`), 443, { attempts: index }),
    );
    const { groups, remarks } = suggest(flows);
    const to = groups.find(({ metadata }) => metadata.name === 'shop-web')?.spec.outbound?.[0]?.to ?? [];
    expect(to).toHaveLength(64);
    expect(to.at(-1)).toEqual({ cidr: '198.51.100.198' });
    expect(to[0]).toEqual({ cidr: '198.51.100.72' });
    expect(remarks).toEqual([expect.stringMatching(/^shop-web, outbound: 36 more blocks/)]);
  });

  it('names services by where they are, and tells of protected ones', () => {
    const network: HostNetwork = {
      host: 'harbor',
      bridges: [],
      services: new Map([
        ['dns', [{ addresses: '192.0.2.53/32', protocol: 'udp', ports: [53, 53] }]],
        ['metadata', [{ addresses: '169.254.169.254/32' }]],
      ]),
    };
    const flows = [flow(web, at('192.0.2.53'), 53, { protocol: 'udp' }), flow(web, at('169.254.169.254'), 80)];
    expect(outbound(flows, [network])).toMatchObject([
      { to: [{ service: 'metadata' }], ports: ['tcp/80'] },
      { to: [{ service: 'dns' }], ports: ['udp/53'] },
    ]);
    expect(suggest(flows, [web, db], [network]).remarks).toEqual([
      'shop-web uses the protected service metadata: keep that only if it must.',
    ]);
  });

  it('says what was not told apart and who is gone', () => {
    const { groups, remarks } = suggest([
      flow(web, { kind: 'others' }, 0),
      flow(web, as(container('old')), 80),
      flow(container('old'), as(web), 80),
    ]);
    expect(remarks).toHaveLength(3);
    expect(groups.every(({ spec }) => spec.outbound === undefined)).toBe(true);
  });

  it('takes a container that was made anew for the same', () => {
    const before = { ...web, containerId: 'id-before' };
    expect(outbound([flow(before, as({ ...db, containerId: 'id-old-db' }), 5432)])).toMatchObject([
      { to: [{ group: 'shop-db' }] },
    ]);
  });

  it('does not depend on the order', () => {
    const flows = [
      flow(web, as(db), 5432),
      flow(web, at('198.51.100.7', 'api.example.com'), 443),
      flow(web, at('198.51.100.9'), 443),
      flow(db, at('198.51.100.9'), 22),
    ];
    expect(suggest(flows.toReversed(), [db, web])).toEqual(suggest(flows));
  });
});

describe('who is in a suggested group', () => {
  const membersOf = (...containers: readonly NetworkedContainer[]) =>
    suggest([], [...containers]).groups.map(({ metadata, spec }) => [metadata.name, spec.members[0]]);

  it('goes by image where no compose service has it', () => {
    expect(membersOf(container('a'), container('b'))).toEqual([['app', { image: 'registry.example/shop/app' }]]);
  });

  it('goes by name where the image would be that of others too, or is none', () => {
    expect(membersOf(container('a'), web)).toEqual([
      ['a', { name: 'a' }],
      ['shop-web', { project: 'shop', service: 'web' }],
    ]);
    expect(membersOf(container('a', { imageReference: `sha256:${'a'.repeat(64)}` }))).toEqual([['a', { name: 'a' }]]);
  });

  it('has no wildcard, whatever labels say', () => {
    const labels = { 'com.docker.compose.project': '*', 'com.docker.compose.service': '*' };
    expect(membersOf(container('a', { labels }))).toEqual([['app', { image: 'registry.example/shop/app' }]]);
  });

  it('gives each a name of its own', () => {
    const names = membersOf(
      service('c', 'a-b'),
      { ...service('b-c', 'a'), containerId: 'id-2' },
      service('C', 'A.B'),
    ).map(([name]) => name);
    expect(names).toEqual(['a-b-c', 'a-b-c-2', 'a.b-c']);
  });
});
