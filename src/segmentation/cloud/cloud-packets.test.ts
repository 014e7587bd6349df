import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyConnections,
  anyPeers,
  cloudDenyLists,
  cloudGroups,
  cloudMembers,
  plainConnections,
  plainPeers,
} from '../../../test/fakes/cloud-groups.ts';
import { type CloudHost, cloudReferee } from '../../../test/fakes/cloud-referee.ts';
import { connects, letsIn, letsOut } from '../../../test/fakes/decide-traffic.ts';
import { hostNetwork, networkedContainer } from '../../../test/fakes/networked-containers.ts';
import {
  connectionsTo,
  type DenyList,
  type HostNetwork,
  type SecurityGroup,
  type TrafficProtocol,
} from '../../model/index.ts';
import { compileTraffic } from '../groups/compile-traffic.ts';
import { cloudPlatforms } from './cloud-platform.ts';
import { renderCloud } from './render-cloud.ts';

/** Members, some of two groups, at addresses where `cloudMembers` says that they are. */
const members: Readonly<Record<string, CloudHost>> = {
  web: { address: '10.1.1.5', groups: ['web'] },
  db: { address: '10.1.2.5', groups: ['db'] },
  'db-2': { address: '10.1.2.200', groups: ['db'] },
  lb: { address: 'fd00:1::5', groups: ['lb'] },
  'lb-2': { address: 'fd00:1::6', groups: ['lb'] },
  both: { address: '10.1.1.6', groups: ['db', 'web'] },
};
const outside = [
  ...[
    '192.0.2.1',
    '192.0.2.200',
    '192.0.2.53',
    '198.51.100.7',
    '10.0.0.9',
    '10.200.0.1',
    '203.0.113.9',
    '203.0.113.50',
    '9.9.9.9',
  ],
  ...['2001:db8::1', '2001:db8:1::1', '2a00::1'],
].map((address): CloudHost => ({ address, groups: [] }));
const asked: readonly (readonly [TrafficProtocol, number])[] = [
  ['tcp', 443],
  ['tcp', 80],
  ['tcp', 86],
  ['tcp', 22],
  ['udp', 53],
  ['udp', 1000],
  ['icmp', 8],
  ['icmp', 3],
  ['sctp', 80],
  ['sctp', 1],
];
const services: HostNetwork['services'] = new Map([
  ['dns', [{ addresses: '192.0.2.53', protocol: 'udp', ports: [53, 53] }]],
  ['host', [{ addresses: '203.0.113.9' }]],
  ['engine-api', [{ addresses: '203.0.113.9', protocol: 'tcp', ports: [80, 85] }]],
]);

/** Packet by packet, what passes by the groups. */
function groupsLet(written: readonly SecurityGroup[], denyLists: readonly DenyList[], told: HostNetwork['services']) {
  const groups = written.map((group): SecurityGroup => ({ ...group, members: [{ labels: { [group.name]: '*' } }] }));
  const containers = Object.entries(members).map(([name, { address, groups: own }], index) => {
    const plain = networkedContainer(index + 1);
    const attachments = plain.attachments.map((attachment) => ({ ...attachment, addresses: [address] }));
    return networkedContainer(index + 1, {
      name,
      attachments,
      labels: Object.fromEntries(own.map((each) => [each, '1'])),
    });
  });
  const { model } = compileTraffic({ groups, denyLists, containers, network: { ...hostNetwork(), services: told } });
  return (from: string | CloudHost, to: string | CloudHost, protocol: TrafficProtocol, port: number): boolean => {
    const connection = connectionsTo(protocol, port, port);
    if (typeof from === 'string' && typeof to === 'string') return connects(model, from, to, connection);
    if (typeof from === 'string') return letsOut(model, from, (to as CloudHost).address, connection);
    return letsIn(model, from.address, to as string, connection);
  };
}

const names = Object.keys(members);
const pairs = [
  ...names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const)),
  ...names.flatMap((name) => outside.flatMap((host) => [[name, host] as const, [host, name] as const])),
];
const hostOf = (end: string | CloudHost): CloudHost => (typeof end === 'string' ? (members[end] as CloudHost) : end);
const isPossible = (from: CloudHost, to: CloudHost) => from.address.includes(':') === to.address.includes(':');

describe.each(cloudPlatforms)('packets on %s', (platform) => {
  const wrong = (
    groups: readonly SecurityGroup[],
    denyLists: readonly DenyList[],
    told: HostNetwork['services'],
    isWrong: (cloud: boolean, group: boolean, ends: readonly CloudHost[]) => boolean,
  ) => {
    const { files } = renderCloud(platform, { groups, denyLists, services: told, options: { members: cloudMembers } });
    const referee = cloudReferee(platform, files[0]?.text ?? '');
    const judge = groupsLet(groups, denyLists, told);
    const found: string[] = [];
    for (const [from, to] of pairs) {
      const ends = [hostOf(from), hostOf(to)] as const;
      if (!isPossible(...ends)) continue;
      for (const [protocol, port] of asked) {
        const cloud = referee({ from: ends[0], to: ends[1], protocol, port });
        if (isWrong(cloud, judge(from, to, protocol, port), ends))
          found.push(`${ends[0].address} > ${ends[1].address} ${protocol}/${port}: ${cloud ? 'let' : 'not let'}`);
      }
    }
    return found;
  };

  it('pass where the groups let them, and nowhere else, where the platform can say it', () => {
    fc.assert(
      fc.property(cloudGroups(plainConnections, plainPeers), (groups) => {
        // Google reaches whoever has two groups at the address of neither.
        const isSaid = (ends: readonly CloudHost[]) =>
          platform !== 'google' || ends.every(({ groups: own }) => own.length < 2);
        expect(
          wrong(groups, [], new Map(), (cloud, group, ends) => cloud !== group && (cloud || isSaid(ends))),
        ).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  it('do not pass where the groups do not let them, whatever they say', () => {
    fc.assert(
      fc.property(cloudGroups(anyConnections, anyPeers), cloudDenyLists, (groups, denyLists) => {
        expect(wrong(groups, denyLists, services, (cloud, group) => cloud && !group)).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
