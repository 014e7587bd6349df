import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyConnections,
  anyPeers,
  blockOf,
  cloudDenyLists,
  cloudGroups,
  cloudMembers,
  groupsAsCloud,
  plainConnections,
  plainPeers,
} from '../../../test/fakes/cloud-groups.ts';
import {
  any,
  securityGroup,
  tcp,
  toBlock,
  toGroup,
  toName,
  toService,
  trafficRules,
} from '../../../test/fakes/networked-containers.ts';
import { addressesOf, formatRanges } from '../../base/index.ts';
import {
  connectionsTo,
  formatConnections,
  type HostNetwork,
  type TrafficEdge,
  unionConnections,
} from '../../model/index.ts';
import { compareReach } from '../reach/compare-reach.ts';
import { type CloudInput, type CloudPlatform, cloudPlatforms } from './cloud-platform.ts';
import { readCloudTraffic } from './read-cloud-traffic.ts';
import { renderCloud } from './render-cloud.ts';

/** Where members are, and what Azure has rules of its own for. */
const inside = addressesOf([...cloudMembers.values(), ...['168.63.129.16/32', '169.254.169.254/32'].map(blockOf)]);
const options = { members: cloudMembers };
const services: HostNetwork['services'] = new Map([
  ['dns', [{ addresses: '192.0.2.53', protocol: 'udp', ports: [53, 53] }]],
  ['metadata', [{ addresses: '169.254.169.254/32' }]],
  ['host', [{ addresses: '203.0.113.9' }]],
  ['engine-api', [{ addresses: '203.0.113.9', protocol: 'tcp', ports: [80, 85] }]],
]);

function describeEdge({ from, to, connections }: TrafficEdge): string {
  const name = (party: TrafficEdge['from']) =>
    party.kind === 'endpoint'
      ? party.endpoint.id
      : party.kind === 'name'
        ? party.name
        : formatRanges(party.addresses).join(',');
  return `${name(from)} > ${name(to)}: ${formatConnections(connections)}`;
}

/** What is said of where members are when groups are rendered, and where they are. */
const onlyVersion6 = { members: new Map([['*', blockOf('fd00:1::/64')]]) };
const places = fc.constantFrom(
  [options, options] as const,
  [{}, options] as const,
  [{}, onlyVersion6] as const,
  [onlyVersion6, onlyVersion6] as const,
);

describe.each(cloudPlatforms)('groups rendered for %s', (platform) => {
  it('are read back as what they let, where the platform can say it', () => {
    fc.assert(
      fc.property(cloudGroups(plainConnections, plainPeers), (groups) => {
        const { files } = renderCloud(platform, { groups, denyLists: [], options });
        const { model, remarks } = readCloudTraffic(platform, files, options);
        const difference = compareReach(groupsAsCloud(platform, groups), model, { inside });
        expect(difference.opened.map(describeEdge)).toEqual([]);
        expect(difference.closed.map(describeEdge)).toEqual([]);
        expect([...difference.appeared, ...difference.disappeared]).toEqual([]);
        expect(remarks).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('let nothing that the groups do not, whatever they say', () => {
    fc.assert(
      fc.property(cloudGroups(anyConnections, anyPeers), cloudDenyLists, places, (groups, denyLists, [told, are]) => {
        const { files } = renderCloud(platform, { groups, denyLists, services, options: told });
        const { model } = readCloudTraffic(platform, files, are);
        const outside = { inside: addressesOf(are.members.values()) };
        const said = groupsAsCloud(platform, groups, denyLists, services);
        const { opened, appeared } = compareReach(said, model, outside);
        expect([...opened, ...appeared].map(describeEdge)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

const shop = [
  securityGroup('proxy', {
    inbound: trafficRules('inbound', [[any], tcp(443)]),
    outbound: trafficRules('outbound', [[toGroup('web')], tcp(8080)]),
  }),
  securityGroup('web', {
    inbound: trafficRules('inbound', [[toGroup('proxy')], tcp(8080)]),
    outbound: [
      ...trafficRules('outbound', [[toGroup('db')], tcp(5432, 5433)]),
      {
        path: 'outbound[1]',
        peers: [toBlock('192.0.2.0/24'), toBlock('2001:db8::/32')],
        connections: unionConnections(tcp(443), connectionsTo('icmp')),
        description: 'payments',
      },
    ],
  }),
  securityGroup('db', { inbound: trafficRules('inbound', [[toGroup('web')], tcp(5432)]) }),
];
const listed = [{ name: 'listed', addresses: blockOf('192.0.2.128/25') }];
const rendered = (platform: CloudPlatform, input: Partial<CloudInput> = {}) =>
  renderCloud(platform, { groups: shop, denyLists: [], ...input });
const messagesOf = (platform: CloudPlatform, input: Partial<CloudInput> = {}) =>
  rendered(platform, input).remarks.map(
    ({ kind, source, message }) => `${kind}: ${source.document} ${source.path}: ${message}`,
  );

describe.each(cloudPlatforms)('a shop on %s', (platform) => {
  const members = new Map([...cloudMembers, ['*', blockOf('10.1.0.0/16')]]);
  it('is what the fixture has, in whichever order its groups are given', () => {
    const input = { denyLists: listed, options: { members } };
    const [file] = rendered(platform, input).files;
    const path = new URL(`./${platform}/fixtures/shop.tf.json`, import.meta.url);
    expect(file?.text).toBe(readFileSync(path, 'utf8'));
    expect(rendered(platform, { ...input, groups: [...shop].reverse() }).files).toEqual([file]);
  });
});

describe('what a cloud cannot say', () => {
  const odd = (...rules: Parameters<typeof trafficRules> extends [unknown, ...infer Rules] ? Rules : never) => [
    securityGroup('web', { outbound: trafficRules('outbound', ...rules) }),
  ];
  const general = (platform: CloudPlatform) => messagesOf(platform, { groups: [securityGroup('web')] });
  const told = (platform: CloudPlatform, groups: CloudInput['groups'], more: Partial<CloudInput> = {}) =>
    messagesOf(platform, { groups, ...more }).filter((message) => !general(platform).includes(message));

  it('is a name, a service that nobody placed, and a group that is not there', () => {
    const groups = odd([[toName('api.example')], tcp(1)], [[toService('etcd')], tcp(1)], [[toGroup('nobody')], tcp(1)]);
    for (const platform of cloudPlatforms)
      expect(told(platform, groups)).toEqual([
        'unsupported: SecurityGroup web outbound[0]: Rules of this cloud know no DNS names: nothing is let to api.example',
        'unsupported: SecurityGroup web outbound[1]: Nobody said where etcd is: nothing is let to it',
        'unknown-group: SecurityGroup web outbound[2]: There is no group nobody: nobody is let to it',
      ]);
  });

  it('is who is in the default group, and a mode that only counts', () => {
    const groups = [securityGroup('web', { isDefault: true, mode: 'observe' })];
    for (const platform of cloudPlatforms)
      expect(told(platform, groups).map((message) => message.slice(0, 44))).toEqual([
        'unsupported: SecurityGroup web default: No r',
        'unsupported: SecurityGroup web mode: There i',
      ]);
  });

  it('is where members are: private addresses are no block unless somebody says so', () => {
    const groups = odd([[toBlock('10.0.0.0/8'), toBlock('192.0.2.0/24')], tcp(443)]);
    for (const platform of cloudPlatforms) {
      expect(told(platform, groups)).toEqual([
        'unsupported: SecurityGroup web outbound[0]: Members may be at private addresses, and no block means them: those of its block are left out',
      ]);
      expect(rendered(platform, { groups }).files[0]?.text).not.toContain('10.0.0.0');
      const options = { members: new Map([['*', blockOf('10.1.0.0/16')]]) };
      expect(told(platform, groups, { options })).toEqual([]);
      expect(rendered(platform, { groups, options }).files[0]?.text).toContain('"10.128.0.0/9"');
    }
  });

  it.each([
    ['aws', tcp(1), []],
    ['aws', connectionsTo('sctp', 80, 80), ['Of SCTP all ports or none are let: it is left out']],
    ['google', connectionsTo('icmp', 8, 8), ['Of ICMP all types or none are let: it is left out']],
    ['google', connectionsTo('sctp', 80, 80), ['Of SCTP all ports or none are let: it is left out']],
    ['azure', connectionsTo('icmp', 8, 8), ['Of ICMP all types or none are let: it is left out']],
    ['azure', connectionsTo('sctp'), ['Rules of network security groups do not know SCTP: it is left out']],
    ['azure', connectionsTo('icmp'), ['Rules of network security groups do not know ICMPv6: it is left out']],
  ] as const)('on %s is part of a protocol, or all of it', (platform, connections, messages) => {
    const groups = odd([[any], connections]);
    expect(
      told(platform, groups).map((message) => message.replace(/^unsupported: SecurityGroup web outbound\[0\]: /, '')),
    ).toEqual(messages);
  });

  it('of Google is egress to a group, unless somebody says where its members are and nobody else', () => {
    const message = 'Egress knows no groups';
    expect(messagesOf('google').filter((each) => each.includes(message))).toHaveLength(2);
    expect(
      messagesOf('google', { options: { members: cloudMembers } }).filter((each) => each.includes(message)),
    ).toEqual([]);
    const shared = new Map([
      ['web', blockOf('10.1.0.0/16')],
      ['db', blockOf('10.1.2.0/24')],
    ]);
    expect(
      messagesOf('google', { options: { members: shared } }).filter((each) => each.includes(message)),
    ).toHaveLength(2);
  });

  it('is more than quotas have', () => {
    const blocks = Array.from({ length: 70 }, (_, at) => toBlock(`192.0.${at * 2}.0/24`));
    expect(told('aws', odd([blocks, tcp(443)]))).toEqual([
      'unsupported: SecurityGroup web outbound: These are 70 rules of IPv4; a security group has 60 unless its quota is raised',
    ]);
    const lists = [
      {
        name: 'long',
        addresses: addressesOf(Array.from({ length: 900 }, (_, at) => blockOf(`198.${at >> 6}.${at & 63}.1/32`))),
      },
    ];
    expect(told('aws', odd([[toBlock('198.0.0.0/8')], tcp(443)]), { denyLists: lists }).join()).toContain(
      'they are left out',
    );
    expect(
      rendered('aws', { groups: odd([[toBlock('198.0.0.0/8')], tcp(443)]), denyLists: lists }).files[0]?.text,
    ).not.toContain('cidr_ipv4');
    const many = Array.from({ length: 101 }, (_, at) => securityGroup(`g${at}`));
    expect(messagesOf('azure', { groups: many }).join()).toContain('100 application security groups at most');
    expect(messagesOf('aws', { groups: many }).join()).toContain('5 security groups at most');
    const rules = Array.from({ length: 1100 }, (_, at) => [[toBlock('192.0.2.0/24')], tcp(at + 1)] as const);
    expect(messagesOf('azure', { groups: odd(...rules) }).join()).toContain(
      'a network security group has 1000 at most',
    );
  });

  it('is nothing that whoever applies the file would evaluate', () => {
    const description = '${file("/etc/shadow")} %{ for x in y } $${a} "\\u0000\n';
    const groups = [
      securityGroup('a.b', { inbound: [{ path: 'inbound[0]', peers: [any], connections: tcp(1), description }] }),
      securityGroup('a-b'),
      securityGroup('sg-1'),
      securityGroup('9'),
    ];
    for (const platform of cloudPlatforms) {
      const text = rendered(platform, { groups }).files[0]?.text ?? '';
      const expressions = [...text.matchAll(/[$%]\{([^}]*)\}/g)].map(([, inner = '']) => inner);
      expect(
        expressions.filter(
          (inner) => !/^(?:var\.\w+|each\.value|(?:aws|azurerm)_\w+\.[\w-]+\.(?:id|name))$/.test(inner),
        ),
      ).toEqual([]);
      expect(readCloudTraffic(platform, rendered(platform, { groups }).files).model.endpoints).toHaveLength(8);
    }
    expect(rendered('aws', { groups }).files[0]?.text).toContain('"name": "group-sg-1"');
    expect(messagesOf('google', { groups }).filter((message) => message.includes('no network tag'))).toEqual([
      'unsupported: SecurityGroup 9 metadata: Its name is no network tag: the tag is g-9',
      'unsupported: SecurityGroup a.b metadata: Its name is no network tag: the tag is a-b-2',
    ]);
  });
});
