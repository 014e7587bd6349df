import {
  type AddressSet,
  addressesOf,
  hasNoAddress,
  intersectAddresses,
  noAddresses,
  parseCidr,
  subtractAddresses,
} from '../../base/index.ts';

/** Where networks of clouds have their instances unless they say otherwise (RFC 1918, RFC 6598, RFC 4193). */
export const privateAddresses: AddressSet = addressesOf(
  ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'].flatMap(
    (block) => parseCidr(block) ?? [],
  ),
);

/**
 * Where members of groups are. Rules of clouds speak of members by their addresses too: a block that has some of them means
 * them, which no block of a group does.
 */
export interface MemberPlaces {
  /** Of one group; a guess where nobody said. */
  of(group: string): AddressSet;
  /** What somebody said of this group, and no other has. */
  told(group: string): AddressSet | undefined;
  /** Whether nobody said where its members are. */
  isGuess(group: string): boolean;
  /** Those of the groups that some of a block may be an address of; where these are all, what all are called. */
  within(block: AddressSet): readonly string[];
  /** Those of the groups of which all addresses are in a block; of version 4 where they may have such. */
  coveredBy(block: AddressSet): readonly string[];
  /** Of all groups. */
  readonly inside: AddressSet;
}

export function placeMembers(
  groups: readonly string[],
  members: ReadonlyMap<string, AddressSet> = new Map(),
  everyone = '*',
): MemberPlaces {
  const named = addressesOf([...members].flatMap(([name, addresses]) => (name === '*' ? [] : [addresses])));
  const others = subtractAddresses(members.get('*') ?? privateAddresses, named);
  const of = (group: string): AddressSet => (group === '*' ? others : (members.get(group) ?? others));
  // Most groups share one place: it is looked at once for all of them.
  const shared = new Map<AddressSet, string[]>();
  for (const group of [...new Set(groups)].sort()) {
    const place = of(group);
    const known = shared.get(place);
    if (known) known.push(group);
    else shared.set(place, [group]);
  }
  const found = (fits: (place: AddressSet) => boolean): readonly string[] => {
    const fitting = [...shared].filter(([place]) => fits(place));
    return fitting.length === shared.size && shared.size > 0 ? [everyone] : fitting.flatMap(([, names]) => names);
  };
  return {
    of,
    told(group) {
      const own = group === '*' ? undefined : members.get(group);
      if (own === undefined) return undefined;
      const elsewhere = [...members].filter(([name]) => name !== group && name !== '*').map(([, set]) => set);
      return hasNoAddress(intersectAddresses(own, addressesOf(elsewhere))) ? own : undefined;
    },
    isGuess: (group) => !members.has(group) && !members.has('*'),
    within: (block) => found((place) => !hasNoAddress(intersectAddresses(place, block))),
    coveredBy: (block) =>
      found((place) => {
        const seen = place.v4.length > 0 ? { ...noAddresses, v4: place.v4 } : place;
        return !hasNoAddress(place) && hasNoAddress(subtractAddresses(seen, block));
      }),
    inside: addressesOf(shared.keys()),
  };
}
