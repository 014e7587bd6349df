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
import { addressesOf, formatRanges } from '../../base/index.ts';
import { formatConnections, type HostNetwork, type TrafficEdge } from '../../model/index.ts';
import { compareReach } from '../reach/compare-reach.ts';
import { cloudPlatforms } from './cloud-platform.ts';
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
      { numRuns: 60 },
    );
  });

  it('let nothing that the groups do not, whatever they say', () => {
    fc.assert(
      fc.property(cloudGroups(anyConnections, anyPeers), cloudDenyLists, fc.boolean(), (groups, denyLists, isTold) => {
        const told = isTold ? options : {};
        const { files } = renderCloud(platform, { groups, denyLists, services, options: told });
        const { model } = readCloudTraffic(platform, files, options);
        const outside = { inside: addressesOf(cloudMembers.values()) };
        const said = groupsAsCloud(platform, groups, denyLists, services);
        const { opened, appeared } = compareReach(said, model, outside);
        expect([...opened, ...appeared].map(describeEdge)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
