import {
  type AddressSet,
  addressesOf,
  allAddresses,
  noAddresses,
  parseCidr,
  subtractAddresses,
} from '../../../base/index.ts';
import type { TrafficRemark } from '../../../model/index.ts';
import { readCloudBlock } from '../cloud-blocks.ts';
import type { JsonField } from '../json-field.ts';
import { privateAddresses } from '../member-places.ts';
import type { RuleEnd } from './security-rules.ts';

const host = parseCidr('168.63.129.16/32') ?? noAddresses;
/** Service tags whose addresses are the same in every region. */
const tags: Readonly<Record<string, AddressSet>> = {
  internet: subtractAddresses(allAddresses, privateAddresses),
  azureloadbalancer: host,
  azureplatformdns: host,
  azureplatformimds: parseCidr('169.254.169.254/32') ?? noAddresses,
};

/** Whom one end of a rule is, but for groups. */
export interface ReadEnd {
  /** All of the network. */
  readonly isEveryone: boolean;
  readonly addresses: AddressSet;
}

/**
 * `networks` is what is known of the virtual network: what it allows may be of any private address, and what it denies is of these
 * alone. What nobody knows is told, and not counted.
 */
export function readEnd(
  { prefixes }: RuleEnd,
  action: 'allow' | 'deny',
  networks: AddressSet,
  say: (message: string, kind?: TrafficRemark['kind']) => void,
): ReadEnd {
  const sets: AddressSet[] = [];
  let isEveryone = false;
  for (const prefix of prefixes) {
    const word = (prefix.text() ?? '').toLowerCase();
    if (word === '*' || word === 'any' || word === '0.0.0.0/0') {
      isEveryone = true;
      sets.push(allAddresses);
    } else if (word === 'virtualnetwork') {
      isEveryone = true;
      sets.push(action === 'allow' ? addressesOf([networks, privateAddresses]) : networks);
    } else if (Object.hasOwn(tags, word)) sets.push(tags[word] ?? noAddresses);
    else if (/^[a-z][a-z0-9]*(?:\.[a-z0-9]+)*$/i.test(word) && parseCidr(word) === undefined)
      say(
        `Which addresses the service tag ${prefix.text()} has is not known: what it would ${action} there is not counted`,
      );
    else {
      const block = readCloudBlock(prefix);
      if (block === 'unknown') say('Some of its addresses are an expression, and not counted');
      else if (block !== undefined) sets.push(block);
    }
  }
  return { isEveryone, addresses: addressesOf(sets) };
}

/** `*`, blocks and tags that an own end may be, or nothing at all. */
export function isOfGroups({ prefixes, groups }: RuleEnd): boolean {
  return groups.length > 0 && prefixes.length === 0;
}

export function readNetworks(fields: readonly JsonField[]): AddressSet {
  return addressesOf(
    fields.flatMap((field) => {
      const block = readCloudBlock(field);
      return block === undefined || block === 'unknown' ? [] : [block];
    }),
  );
}
