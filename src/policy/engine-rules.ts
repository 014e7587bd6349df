import { type EngineAction, type EngineRules, globMatches } from '../model/index.ts';
import type { LaunchPolicyDocument } from './documents/launch-policy-document.ts';

/**
 * What policies say of the engines of a host. Of several that name an action, one that refuses it wins, and those that only
 * observe say nothing of it; of a policy that speaks of some launches of the host alone, nothing is taken but its mode.
 */
export function engineRulesOf(policies: readonly LaunchPolicyDocument[], host: string): EngineRules {
  const enforced = policies.filter(({ mode, spec }) => mode !== 'observe' && isOfHost(spec.scope?.hosts, host));
  const actions = new Map<EngineAction, 'refuse' | 'allow'>();
  for (const { spec } of enforced) {
    for (const [action, choice] of Object.entries(spec.engine ?? {}) as [EngineAction, 'refuse' | 'allow'][])
      if (actions.get(action) !== 'refuse') actions.set(action, choice);
  }
  return { mode: enforced.length > 0 ? 'enforce' : 'observe', actions: Object.fromEntries(actions) };
}

function isOfHost(patterns: readonly string[] | undefined, host: string): boolean {
  return patterns === undefined || patterns.some((pattern) => globMatches(pattern, host));
}

/** The same policies, of what they demand of an image alone: whether one may come to a host at all. */
export function imageDemandsOf(policies: readonly LaunchPolicyDocument[]): readonly LaunchPolicyDocument[] {
  return policies.map((policy) => {
    const { scope, image } = policy.spec;
    return {
      ...policy,
      spec: { ...(scope ? { scope } : {}), ...(image ? { image } : {}), restart: { admitted: 'judge' as const } },
    };
  });
}
