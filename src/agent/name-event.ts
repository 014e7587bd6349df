import type { Instant } from '../base/index.ts';
import type { TrafficEvent } from '../model/index.ts';
import type { NameNote } from '../segmentation/index.ts';

/** What the resolver noticed, for a person. */
export function nameEvent({ asker, name, what, address = '' }: NameNote, host: string, at: Instant): TrafficEvent {
  const who = asker.groups.length === 0 ? asker.name : `${asker.name} (${asker.groups.join(', ')})`;
  return { at, kind: 'refused', host, message: `${who} asked for ${name}${reasons[what](address)}` };
}

const reasons: Readonly<Record<NameNote['what'], (address: string) => string>> = {
  refused: () => ': refused, no rule of it says this name',
  special: (address) => `, which leads to ${address}: not opened, no machine outside has this address`,
  protected: (address) =>
    `, which leads to ${address}: not opened, it is of a container, this host, a protected service or a deny list`,
  inner: (address) =>
    `, which leads to ${address}: not opened, whoever owns the name must not choose addresses of a network inside; ` +
    'write a rule for its block',
  full: () => ': refused, names of this rule lead to more addresses than the kernel keeps',
};
