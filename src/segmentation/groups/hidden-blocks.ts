import { type AddressSet, coversAddresses, hasNoAddress, intersectAddresses } from '../../base/index.ts';
import type { DenyList } from '../../model/index.ts';

/** Whether a set, not empty, lies in another that may be large. */
export function coveredBy(set: AddressSet, other: AddressSet): boolean {
  return !hasNoAddress(set) && coversAddresses(other, set);
}

/** Names of the lists that have some of a set. */
export function listsThatTouch(set: AddressSet, lists: readonly DenyList[]): readonly string[] {
  return lists.filter(({ addresses }) => !hasNoAddress(intersectAddresses(set, addresses))).map(({ name }) => name);
}
