import { InvalidArgumentError, Option } from 'commander';
import { type AddressSet, parseCidr, unionAddresses } from '../base/index.ts';

/** Where members of groups are, by group; `*` is for all that are not named. */
export type MemberBlocks = ReadonlyMap<string, AddressSet>;

export function membersOption(): Option {
  return new Option(
    '--members <group=block...>',
    'clouds: where members of a group are, and nobody else; * is for all groups that are not named',
  ).argParser(parseMembers);
}

function parseMembers(text: string, previous: MemberBlocks = new Map()): MemberBlocks {
  const at = text.indexOf('=');
  const group = text.slice(0, Math.max(at, 0));
  const block = parseCidr(text.slice(at + 1));
  if (group === '' || block === undefined)
    throw new InvalidArgumentError('Write a group and a block: web=10.0.1.0/24.');
  const known = previous.get(group);
  return new Map(previous).set(group, known ? unionAddresses(known, block) : block);
}
