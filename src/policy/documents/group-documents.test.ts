import { describe, expect, it } from 'vitest';
import { formatCidrs } from '../../base/index.ts';
import { allConnections, connectionsTo, formatConnections, unionConnections } from '../../model/index.ts';
import { parseDocuments } from '../parse-documents.ts';
import { PolicyError } from '../policy-error.ts';
import { type AddressListDocument, denyListOf } from './address-list-document.ts';
import { type SecurityGroupDocument, securityGroupOf } from './security-group-document.ts';

const members = [{ project: 'shop', service: 'web' }];

function written(kind: string, spec: unknown, more: object = {}): string {
  return JSON.stringify({ apiVersion: 'portwarden/v1', kind, metadata: { name: 'a' }, ...more, spec }, undefined, 1);
}
function refusal(kind: string, spec: unknown): PolicyError | 'none' {
  try {
    parseDocuments(written(kind, spec), 'p.yaml');
    return 'none';
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
}
function groupOf(spec: object, more: object = {}) {
  const [document] = parseDocuments(written('SecurityGroup', { members, ...spec }, more), 'p.yaml');
  return securityGroupOf(document as SecurityGroupDocument);
}

describe('a group that is refused, with its place', () => {
  const to = (...peers: readonly object[]) => ({ members, outbound: [{ to: peers }] });
  const from = (...peers: readonly object[]) => ({ members, inbound: [{ from: peers }] });
  it.each<readonly [string, object, string, string | undefined]>([
    ['of nobody', {}, 'spec says nobody is in the group', 'default: true'],
    ['of everybody', { members: [{}] }, 'spec.members[0] is every container', 'default: true'],
    ['of no labels', { members: [{ labels: {} }] }, 'spec.members[0] is every container', undefined],
    ['of an empty list', { members: [] }, 'spec.members is empty', undefined],
    ['of what is left over and more', { default: true, members }, 'spec.members are said of the default', undefined],
    ['with an unknown selector', { members: [{ projct: 'a' }] }, 'has no field "projct"', 'Did you mean "project"?'],
    [
      'with an engine that there is not',
      { members: [{ engine: 'lxc' }] },
      'engine must be "docker" or "podman"',
      undefined,
    ],
    [
      'of an image without its registry',
      { members: [{ image: 'nginx' }] },
      'does not begin with a registry',
      'docker.io',
    ],
    [
      'that lets nobody',
      { members, inbound: [{ ports: ['tcp/80'] }] },
      'spec.inbound[0] lacks the field "from"',
      undefined,
    ],
    ['with the word of the other way', { members, inbound: [{ to: [{ any: true }] }] }, 'has no field "to"', undefined],
    ['with a peer of nothing', to({}), 'spec.outbound[0].to[0] says nobody', 'Give one of'],
    ['with a peer of two', to({ group: 'a', cidr: '10.0.0.0/8' }), 'says "group" and "cidr"', 'items of the list'],
    ['with no any', to({ any: false }), 'spec.outbound[0].to[0].any must be true', undefined],
    ['with an unknown peer', to({ groop: 'a' }), 'has no field "groop"', 'Did you mean "group"?'],
    ['with an unknown service', to({ service: 'dsn' }), 'service must be "dns"', 'Did you mean "dns"?'],
    ['with a block of two readings', to({ cidr: '10.0.0.1/8' }), 'it has bits beyond its prefix', '10.1.0.0/16'],
    ['with a name for a block', to({ cidr: 'example.com' }), 'it begins with no address', undefined],
    ['with holes of nothing', to({ group: 'a', except: ['10.0.0.0/8'] }), 'except goes with "cidr" alone', undefined],
    [
      'with a hole elsewhere',
      to({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/16'] }),
      'except[1] is not within "cidr"',
      undefined,
    ],
    [
      'with a hole of the other version',
      to({ cidr: '0.0.0.0/0', except: ['fd00::/8'] }),
      'except[0] is not within',
      undefined,
    ],
    [
      'with nothing but holes',
      to({ cidr: '10.0.0.0/8', except: ['10.0.0.0/9', '10.128.0.0/9'] }),
      'except leaves nothing',
      undefined,
    ],
    ['with a name in upper case', to({ name: 'API.example' }), 'it is not in lower case', '*.example.com'],
    ['with a name of another alphabet', to({ name: 'bücher.example' }), 'xn--', undefined],
    ['with a name inbound', from({ name: 'api.example' }), 'spec.inbound[0].from[0].name is of inbound', 'cidr'],
    [
      'with a port alone',
      { members, inbound: [{ from: [{ any: true }], ports: ['80'] }] },
      'spec.inbound[0].ports[0] must be a protocol',
      'tcp/443',
    ],
    [
      'with a port that is a number',
      { members, inbound: [{ from: [{ any: true }], ports: [80] }] },
      'not a number',
      undefined,
    ],
    ['with no ports', { members, inbound: [{ from: [{ any: true }], ports: [] }] }, 'ports is empty', undefined],
  ])('%s', (_, spec, message, remedy) => {
    const error = refusal('SecurityGroup', spec);
    expect(error).toBeInstanceOf(PolicyError);
    if (error === 'none') return;
    expect(error.message).toMatch(/^p\.yaml:\d+:\d+: /);
    expect(error.message).toContain(message);
    if (remedy !== undefined) expect(error.remedy).toContain(remedy);
  });

  it('names the line of the one that is wrong', () => {
    const spec = { members, outbound: [{ to: [{ group: 'b' }, { name: 'x' }] }] };
    const lines = written('SecurityGroup', spec).split('\n');
    const line = lines.findIndex((text) => /"?name"?: "?x"?,?$/.test(text)) + 1;
    expect(line).toBeGreaterThan(1);
    expect(String(refusal('SecurityGroup', spec))).toContain(`p.yaml:${line}:`);
  });
});

describe('a group of a document', () => {
  it('is in mode enforce, lets nothing and is no default', () => {
    expect(groupOf({})).toEqual({ name: 'a', mode: 'enforce', isDefault: false, members, inbound: [], outbound: [] });
    expect(groupOf({}, { mode: 'observe' }).mode).toBe('observe');
    const [rest] = parseDocuments(written('SecurityGroup', { default: true }), 'p.yaml');
    expect(securityGroupOf(rest as SecurityGroupDocument)).toMatchObject({ isDefault: true, members: [] });
  });

  it('has its peers and ports, and where they stand', () => {
    const { inbound, outbound } = groupOf({
      inbound: [{ from: [{ any: true }], ports: ['tcp/80', 'udp/53', 'icmp/echo-request'], description: 'all' }],
      outbound: [
        { to: [{ group: 'b' }, { service: 'dns' }, { name: '*.example.com' }] },
        { to: [{ cidr: '10.0.0.0/8', except: ['10.128.0.0/9'] }] },
      ],
    });
    expect(inbound).toEqual([
      {
        path: 'inbound[0]',
        peers: [{ kind: 'any' }],
        connections: [
          connectionsTo('tcp', 80, 80),
          connectionsTo('udp', 53, 53),
          connectionsTo('icmp', 8, 8),
          connectionsTo('icmp', 128, 128),
        ].reduce(unionConnections),
        description: 'all',
      },
    ]);
    expect(outbound.map(({ path }) => path)).toEqual(['outbound[0]', 'outbound[1]']);
    expect(outbound[0]).toMatchObject({
      peers: [
        { kind: 'group', group: 'b' },
        { kind: 'service', service: 'dns' },
        { kind: 'name', name: '*.example.com' },
      ],
      connections: allConnections,
    });
    const [peer] = outbound[1]?.peers ?? [];
    expect(peer?.kind === 'addresses' && formatCidrs(peer.addresses)).toEqual(['10.0.0.0/9']);
  });

  it('has the ports of all that is listed', () => {
    const { inbound } = groupOf({
      inbound: [{ from: [{ any: true }], ports: ['tcp/443', 'tcp/80-90', 'tcp/85-100'] }],
    });
    expect(formatConnections(inbound[0]?.connections ?? allConnections)).toBe('TCP 80-100,443');
  });
});

describe('a list of addresses', () => {
  const source = { url: 'https://lists.example/drop.txt' };
  it.each<readonly [string, object, string]>([
    ['of nothing', {}, 'spec lists nothing'],
    ['of no address', { addresses: ['a'] }, 'spec.addresses[0] must be an address'],
    ['from nowhere', { source: { refresh: '1h' } }, 'spec.source must have one of "file" and "url"'],
    ['from two places', { source: { ...source, file: '/a' } }, 'must have one of'],
    [
      'by a way that anybody can change',
      { source: { url: 'http://lists.example/' } },
      'it could be changed by anybody',
    ],
    ['with a login', { source: { url: 'https://bob:hunter2@lists.example/' } }, 'it has a login in it'],
    ['from what is no URL', { source: { url: 'lists.example' } }, 'must be an https:// URL'],
    ['from a file somewhere', { source: { file: 'drop.txt' } }, 'must be an absolute path'],
    ['in an unknown format', { source: { ...source, format: 'csv' } }, 'format must be "lines"'],
    ['that is read all the time', { source: { ...source, refresh: '1m' } }, 'spec.source.refresh is less than 10m'],
  ])('is refused: %s', (_, spec, message) => {
    const error = refusal('AddressList', spec);
    expect(String(error)).toContain(message);
    expect(`${String(error)} ${error === 'none' ? '' : error.remedy}`).not.toContain('hunter2');
  });

  it.each([
    { addresses: ['192.0.2.1'] },
    { source },
    { source: { file: '/srv/drop.txt', format: 'lines', refresh: '10m' } },
  ])('is taken: %j', (spec) => expect(refusal('AddressList', spec)).toBe('none'));

  it('has what stands in it', () => {
    const spec = { addresses: ['192.0.2.1', '192.0.2.0', '2001:db8::/32'], source };
    const [document] = parseDocuments(written('AddressList', spec), 'p.yaml');
    const { name, addresses } = denyListOf(document as AddressListDocument);
    expect([name, formatCidrs(addresses)]).toEqual(['a', ['192.0.2.0/31', '2001:db8::/32']]);
    const [empty] = parseDocuments(written('AddressList', { source }), 'p.yaml');
    expect(denyListOf(empty as AddressListDocument).addresses).toEqual({ v4: [], v6: [] });
  });
});
