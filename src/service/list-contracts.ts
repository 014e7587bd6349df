import { formatInstant } from '../base/index.ts';
import type { StoredDocument } from '../model/index.ts';
import type { ContractList } from '../model/wire/index.ts';
import { contractFor, type InputContractDocument } from '../policy/index.ts';
import { attestedName } from './attested-contract.ts';
import { effectOf } from './contract-effect.ts';
import { compileSight } from './contract-sight.ts';
import { nameOf } from './gather-launch-facts.ts';
import type { StartGroup } from './recorded-starts.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** Contracts in force with how they would have fared in these starts, and images that no contract speaks of. Pure. */
export function listContracts(
  stored: readonly StoredDocument[],
  contracts: readonly InputContractDocument[],
  groups: readonly StartGroup[],
  policies: RulesInForce['launchPolicies'],
): Pick<ContractList, 'items' | 'without'> {
  const held = new Map<string, StartGroup[]>();
  const without = new Map<string, ContractList['without'][number]>();
  for (const group of groups) {
    const { facts, newest, count } = group;
    const name = nameOf(facts.request, facts.image);
    // Who has no name is spoken of by none.
    if (!name) continue;
    const choice = contractFor(name, contracts);
    const spoken = choice.state === 'one' ? [choice.contract] : choice.state === 'conflict' ? choice.contracts : [];
    for (const { metadata } of spoken) held.set(metadata.name, [...(held.get(metadata.name) ?? []), group]);
    if (spoken.length > 0) continue;
    const image = `${name.registry}/${name.repository}`;
    const known = without.get(image);
    const at = formatInstant(newest.at);
    without.set(image, {
      image,
      starts: (known?.starts ?? 0) + count,
      lastAt: known && known.lastAt > at ? known.lastAt : at,
      attested: known?.attested === true || (facts.contract.state === 'judged' && facts.contract.name === attestedName),
    });
  }
  return {
    items: stored
      .map(({ body, name, appliedAt, appliedBy }) => {
        const contract = body as InputContractDocument;
        const own = held.get(name) ?? [];
        const { starts, refuses, lastAt, inputs } = compileSight(contract, own);
        return {
          name,
          description: contract.metadata.description ?? '',
          images: contract.spec.images,
          mode: contract.mode ?? 'enforce',
          effect: effectOf(contract, own, policies),
          ...{ starts, refuses, lastAt },
          // Of what it says nothing, any may be passed.
          unlisted: inputs.filter(({ listed, unfit }) => !listed && unfit.length > 0).length,
          appliedAt: formatInstant(appliedAt),
          appliedBy,
        };
      })
      .sort((a, b) => b.refuses - a.refuses || (a.name < b.name ? -1 : 1)),
    without: [...without.values()].sort((a, b) => b.starts - a.starts || (a.image < b.image ? -1 : 1)),
  };
}
