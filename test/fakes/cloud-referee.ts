import { type Address, type AddressSet, includesAddress, parseAddress, parseCidr } from '../../src/base/index.ts';
import type { TrafficProtocol } from '../../src/model/index.ts';
import type { CloudPlatform } from '../../src/segmentation/index.ts';

/** Who has an address; outside where it has no group. */
export interface CloudHost {
  readonly address: string;
  readonly groups: readonly string[];
}

interface Packet {
  readonly from: CloudHost;
  readonly to: CloudHost;
  readonly protocol: TrafficProtocol;
  readonly port: number;
}
type Rule = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Readonly<Record<string, Rule>>>>;

/**
 * Whether a connection passes by what was rendered for Terraform, as the documentation of each cloud says it and as slow as that
 * is; it knows nothing of what renders and of what reads.
 */
export function cloudReferee(platform: CloudPlatform, json: string): (packet: Packet) => boolean {
  const { resource } = JSON.parse(json) as { readonly resource: Resources };
  const lets = { aws: awsLets, google: googleLets, azure: azureLets }[platform];
  return (packet) => lets(resource, packet);
}

const blocks = new Map<unknown, AddressSet | undefined>();
const addresses = new Map<string, Address | undefined>();

function has(block: unknown, { address }: CloudHost): boolean {
  if (!blocks.has(block)) blocks.set(block, parseCidr(String(block)));
  if (!addresses.has(address)) addresses.set(address, parseAddress(address));
  const [set, one] = [blocks.get(block), addresses.get(address)];
  return set !== undefined && one !== undefined && includesAddress(set, one);
}
const isVersion6 = ({ address }: CloudHost) => address.includes(':');
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function awsLets(resources: Resources, { from, to, protocol, port }: Packet): boolean {
  const groupOf = (reference: unknown) => {
    const label = /^\$\{aws_security_group\.(.+)\.id\}$/.exec(String(reference))?.[1] ?? '';
    const tags = resources.aws_security_group?.[label]?.tags as Record<string, string> | undefined;
    return tags?.['portwarden-group'] ?? '';
  };
  const end = (type: string, own: CloudHost, peer: CloudHost): boolean =>
    own.groups.length === 0 ||
    Object.values(resources[type] ?? {}).some((rule) => {
      const {
        ip_protocol: word,
        from_port: first,
        to_port: last,
      } = rule as { ip_protocol: string; from_port: number; to_port: number };
      const isPeer =
        has(rule.cidr_ipv4, peer) ||
        has(rule.cidr_ipv6, peer) ||
        peer.groups.includes(groupOf(rule.referenced_security_group_id));
      const isAsked =
        word === '132'
          ? protocol === 'sctp'
          : word === 'icmp' || word === 'icmpv6'
            ? protocol === 'icmp' && (word === 'icmpv6') === isVersion6(peer) && (first === -1 || first === port)
            : word === protocol && first <= port && port <= last;
      return own.groups.includes(groupOf(rule.security_group_id)) && isPeer && isAsked;
    });
  return end('aws_vpc_security_group_egress_rule', from, to) && end('aws_vpc_security_group_ingress_rule', to, from);
}

function portIn(ranges: readonly unknown[], port: number): boolean {
  return ranges.some((range) => {
    const [first = '', last = first] = String(range).split('-');
    return range === '*' || (Number(first) <= port && port <= Number(last));
  });
}

function googleLets(resources: Resources, { from, to, protocol, port }: Packet): boolean {
  const end = (direction: string, own: CloudHost, peer: CloudHost): boolean => {
    if (own.groups.length === 0) return true;
    const found = Object.values(resources.google_compute_firewall ?? {})
      .filter((rule) => {
        const entries = list(rule.allow ?? rule.deny) as readonly { protocol: string; ports?: readonly string[] }[];
        const isPeer =
          [...list(rule.source_ranges), ...list(rule.destination_ranges)].some((block) => has(block, peer)) ||
          list(rule.source_tags).some((tag) => peer.groups.includes(String(tag)));
        const isAsked = entries.some(({ protocol: word, ports }) => {
          if (word === 'all') return true;
          const meant = protocol === 'icmp' ? (isVersion6(peer) ? '58' : 'icmp') : protocol;
          return word === meant && (ports === undefined || portIn(ports, port));
        });
        return (
          rule.direction === direction &&
          list(rule.target_tags).some((tag) => own.groups.includes(String(tag))) &&
          isPeer &&
          isAsked
        );
      })
      .sort((a, b) => Number(a.priority) - Number(b.priority) || (a.deny === undefined ? 1 : -1));
    const [first] = found;
    return first === undefined ? direction === 'EGRESS' : first.deny === undefined;
  };
  return end('EGRESS', from, to) && end('INGRESS', to, from);
}

const tags: Readonly<Record<string, string>> = {
  AzurePlatformDNS: '168.63.129.16',
  AzurePlatformIMDS: '169.254.169.254',
};

function azureLets(resources: Resources, { from, to, protocol, port }: Packet): boolean {
  const groupsOf = (value: unknown) =>
    list(value).map((reference) => {
      const label = /^\$\{azurerm_application_security_group\.(.+)\.id\}$/.exec(String(reference))?.[1] ?? '';
      const tags = resources.azurerm_application_security_group?.[label]?.tags as Record<string, string> | undefined;
      return tags?.['portwarden-group'];
    });
  const isOf = (rule: Rule, side: string, host: CloudHost): boolean =>
    groupsOf(rule[`${side}_application_security_group_ids`]).some((group) => host.groups.includes(group ?? '')) ||
    [...list(rule[`${side}_address_prefix`]), ...list(rule[`${side}_address_prefixes`])].some(
      (prefix) =>
        prefix === '*' || prefix === '0.0.0.0/0' || tags[String(prefix)] === host.address || has(prefix, host),
    );
  const end = (direction: string, own: CloudHost): boolean => {
    if (own.groups.length === 0) return true;
    const [first] = Object.values(resources.azurerm_network_security_rule ?? {})
      .filter((rule) => {
        const word = String(rule.protocol).toLowerCase();
        const isProtocol =
          word === '*' || (word === protocol && !(word === 'icmp' && isVersion6(own === from ? to : from)));
        const isPort =
          protocol === 'icmp' ||
          portIn([...list(rule.destination_port_range), ...list(rule.destination_port_ranges)], port);
        return (
          rule.direction === direction &&
          isProtocol &&
          isPort &&
          isOf(rule, 'source', from) &&
          isOf(rule, 'destination', to)
        );
      })
      .sort((a, b) => Number(a.priority) - Number(b.priority));
    // Where no rule of ours fits, those of Azure let what is in the network.
    return first === undefined || first.access === 'Allow';
  };
  return end('Outbound', from) && end('Inbound', to);
}
