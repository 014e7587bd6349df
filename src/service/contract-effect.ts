import type { ContractDetail } from '../model/wire/index.ts';
import { contractEffect, type InputContractDocument } from '../policy/index.ts';
import type { StartGroup } from './recorded-starts.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** What policies make of what does not fit, in these starts; null where there is none. */
export function effectOf(
  { mode }: InputContractDocument,
  groups: readonly StartGroup[],
  policies: RulesInForce['launchPolicies'],
): ContractDetail['effect'] {
  const effects = new Set(
    groups.map(({ facts, newest }) => {
      const effect = contractEffect({ ...facts, host: newest.host, now: newest.at }, policies);
      return effect === 'refuse' && mode === 'observe' ? 'observe' : effect;
    }),
  );
  const [effect] = effects;
  return effect === undefined ? null : effects.size > 1 ? 'mixed' : effect;
}
