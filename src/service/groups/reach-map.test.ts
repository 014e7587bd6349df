import { describe, expect, it } from 'vitest';
import { networkedContainer, networkReport } from '../../../test/fakes/recorded-traffic.ts';
import { describeConnections } from '../../model/index.ts';
import { parseDocuments } from '../../policy/index.ts';
import { compareScenes } from './compare-scenes.ts';
import { compileReachMap } from './reach-map.ts';
import { compileScene, rulesOf } from './traffic-scene.ts';

const group = (name: string, members: string, spec: string, mode = 'enforce') =>
  `---\napiVersion: portwarden/v1\nkind: SecurityGroup\nmetadata: { name: ${name} }\nmode: ${mode}\nspec:\n  members: [{ name: "${members}" }]\n${spec}`;
const to = (peer: string, ports: string) => `  outbound:\n    - { to: [${peer}], ports: [${ports}] }\n`;
const from = (peer: string, ports: string) => `  inbound: [{ from: [${peer}], ports: [${ports}] }]\n`;

function sceneOf(text: string, ...hosts: (readonly string[])[]) {
  const documents = parseDocuments(text, 'a.yaml').map((document) => ({ document }));
  const reports = hosts.map((names, index) => networkReport(names, { host: `host-${index}` }));
  return compileScene(rulesOf(documents, []), reports);
}
const edgesOf = (text: string, ...hosts: (readonly string[])[]) =>
  [...compileReachMap(sceneOf(text, ...hosts).hosts).edges.values()].map(
    ({ id, connections, isPartial }) => `${id} ${describeConnections(connections)}${isPartial ? ' partly' : ''}`,
  );

const shop = group('web', 'web*', to('{ group: db }', 'tcp/5432')) + group('db', 'db*', from('{ group: web }', 'tcp'));

describe('the map of groups', () => {
  it('has one edge for two groups, on however many hosts', () => {
    const edges = ['group:web>group:db tcp 5432'];
    expect(edgesOf(shop, ['web-1', 'web-2', 'db'])).toEqual(edges);
    expect(edgesOf(shop, ['web-1', 'db'], ['web-2', 'db-2'])).toEqual(edges);
  });

  it('marks what not all of its members may', () => {
    const extra = group('extra', 'web-2', to('{ group: db }', 'tcp/22'));
    expect(edgesOf(shop + extra, ['web-1', 'web-2', 'db'])).toEqual([
      'group:web>group:db tcp 22,5432 partly',
      'group:extra>group:db tcp 22,5432',
    ]);
  });

  it('has names and addresses as ends', () => {
    const text = group('web', 'web', to('{ cidr: 10.0.0.0/8 }, { name: api.example.com }', 'tcp/443'));
    expect(edgesOf(text, ['web'])).toEqual([
      'group:web>addresses:10.0.0.0/8 tcp 443',
      'group:web>name:api.example.com tcp 443',
    ]);
  });

  it('calls addresses as documents mean them: without the containers and named services of whichever host', () => {
    const text =
      group('web', 'web*', to('{ any: true }', 'tcp/443') + '    - to: [{ service: dns }]\n') +
      group('db', 'db*', from('{ cidr: 172.16.0.0/12 }', 'tcp/5432'));
    const map = compileReachMap(sceneOf(text, ['web-1', 'db-1'], ['web-2', 'db-2', 'lonely']).hosts);
    const edges = [...map.edges.values()].map(({ id, to: { name } }) => [id, name]);
    expect(edges.toSorted()).toEqual([
      ['addresses:172.16.0.0/12>group:db', 'db'],
      ['group:web>addresses:0.0.0.0/0,::/0', 'anywhere'],
      ['group:web>addresses:dns', 'service dns'],
    ]);
    const find = (address: string, host: string) =>
      map.find({ kind: 'groups', groups: ['web'] }, { kind: 'address', address }, 'tcp', 443, host)?.id;
    expect(find('198.51.100.7', 'host-1')).toBe('group:web>addresses:0.0.0.0/0,::/0');
    expect(find('192.0.2.53', 'host-1')).toBe('group:web>addresses:dns');
    // A container that no rule lets there, on the one host and as an address of the other.
    const [lonely = ''] = networkedContainer('lonely').attachments[0]?.addresses ?? [];
    expect(find(lonely, 'host-1')).toBeUndefined();
    expect(find(lonely, 'host-0')).toBe('group:web>addresses:0.0.0.0/0,::/0');
  });

  it('finds the edge that stands for what was seen', () => {
    const text = group('web', 'web', to('{ cidr: 10.0.0.0/8 }, { name: "*.example.com" }', 'tcp/443'));
    const map = compileReachMap(sceneOf(text, ['web']).hosts);
    const find = (address: string, name?: string) =>
      map.find(
        { kind: 'groups', groups: ['web'] },
        { kind: 'address', address, ...(name ? { name } : {}) },
        'tcp',
        443,
        'host-0',
      )?.id;
    expect(find('10.1.2.3')).toBe('group:web>addresses:10.0.0.0/8');
    expect(find('10.1.2.3', 'a.example.com')).toBe('group:web>name:*.example.com');
    expect(find('192.0.2.1')).toBeUndefined();
  });
});

describe('a difference of scenes', () => {
  const differences = (before: string, after: string) => {
    const names = ['web-1', 'web-2', 'db'];
    const { opened, closed } = compareScenes(sceneOf(before, names), sceneOf(after, names));
    const text = (edges: typeof opened) =>
      edges.map(({ id, connections }) => `${id} ${describeConnections(connections)}`);
    return { opened: text(opened), closed: text(closed) };
  };

  it('is nothing where nothing changed', () => {
    expect(differences(shop, shop)).toEqual({ opened: [], closed: [] });
  });

  it('is what a rule more lets and one less does not', () => {
    const wider = shop.replace('tcp/5432', 'tcp/5432-5433');
    expect(differences(shop, wider)).toEqual({ opened: ['group:web>group:db tcp 5433'], closed: [] });
    expect(differences(wider, shop)).toEqual({ opened: [], closed: ['group:web>group:db tcp 5433'] });
  });

  it('is much where a group begins to enforce', () => {
    const observing = shop.replaceAll('enforce', 'observe');
    const { opened, closed } = differences(observing, shop);
    expect(opened).toEqual([]);
    expect(closed).toContain('group:web>group:db tcp 0-5431,5433-65535 udp sctp icmp');
    expect(closed).toContain('group:db>group:web all');
  });

  it('calls what had no group by the group that it gets', () => {
    const { closed } = differences('', shop);
    expect(closed).toContain('group:web>group:db tcp 0-5431,5433-65535 udp sctp icmp');
    expect(closed.join()).not.toContain('(no group)');
  });
});
