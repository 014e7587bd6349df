import { type AddressSet, addressesOf, includesAddress, parseAddress, parseCidr } from '../../base/index.ts';
import { type DenyList, type HostNetwork, protectedServices } from '../../model/index.ts';

/**
 * Where no name leads, whatever its owner answers (RFC 6890 and the registries of IANA): to a machine itself, to its link, to many,
 * to nobody, and to addresses that wrap one of version 4.
 */
const special = blocks(
  ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.88.99.0/24', '224.0.0.0/3'],
  ['::/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/32', '2002::/16'],
  ['fe80::/10', 'fec0::/10', 'ff00::/8'],
);

/** Inside of somebody's network (RFC 1918, 6598, 4193). */
const inner = blocks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], ['fc00::/7']);

/** Nobody outside can have a name below these: RFC 6761, 6762, 8375, ICANN's `internal`, and what is delegated to nobody. */
const innerZones: readonly string[] = [
  ...['internal', 'home.arpa', 'test', 'local', 'localdomain'],
  ...['lan', 'home', 'corp', 'private', 'intranet'],
];

export interface AddressLimits {
  /**
   * `special` and `protected` (a container, the host, a service that no block opens, a deny list) are let in by no name. `inner`:
   * the name may belong to anybody, who then says what a container reaches in our own network (DNS rebinding); such an address
   * takes a rule by block.
   */
  judge(name: string, address: string): 'let' | 'special' | 'protected' | 'inner';
}

export interface LimitsInput {
  readonly network: HostNetwork;
  readonly denyLists: readonly DenyList[];
}

export function createAddressLimits({ network, denyLists }: LimitsInput): AddressLimits {
  const kept = addressesOf([
    ...protectedServices
      .flatMap((service) => network.services.get(service) ?? [])
      // One of some ports alone is kept by the tables: at others the same address may be somebody else.
      .filter(({ ports }) => ports === undefined)
      .flatMap(({ addresses }) => parseCidr(addresses) ?? []),
    ...network.bridges.flatMap(({ subnets, gateways }) =>
      [...subnets, ...gateways].flatMap((text) => parseCidr(text) ?? []),
    ),
  ]);
  return {
    judge(name, text) {
      const address = parseAddress(text);
      if (address === undefined || includesAddress(special, address)) return 'special';
      // Lists are long, and looked at one by one: to unite them anew with each container that starts would cost seconds.
      const isListed = denyLists.some(({ addresses }) => includesAddress(addresses, address));
      if (isListed || includesAddress(kept, address)) return 'protected';
      const isInner = includesAddress(inner, address);
      return isInner && !innerZones.some((zone) => name === zone || name.endsWith(`.${zone}`)) ? 'inner' : 'let';
    },
  };
}

function blocks(...lists: readonly (readonly string[])[]): AddressSet {
  return addressesOf(
    lists.flat().map((text) => {
      const block = parseCidr(text);
      if (block === undefined) throw new TypeError(`no block: ${text}`);
      return block;
    }),
  );
}
