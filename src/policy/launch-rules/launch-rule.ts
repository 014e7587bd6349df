import type { LaunchFacts, LaunchFinding, LaunchRuleId } from '../../model/index.ts';
import type { LaunchPolicySpec } from '../documents/launch-policy-document.ts';
import type { Choice } from '../documents/launch-settings.ts';

/** A finding without what is the same for all of its rule; a title or remedy of its own goes before the rule's. */
export type LaunchRuleFinding = Omit<LaunchFinding, 'rule' | 'title' | 'remedy' | 'confidence' | 'excepted'> & {
  readonly title?: string;
  readonly remedy?: string;
};

export interface LaunchRuleResult<Finding = LaunchRuleFinding> {
  readonly findings: readonly Finding[];
  /** Why it cannot be told whether there are more; absent where it can. */
  readonly undecided?: string;
}

/** One thing that a policy may demand of a launch. Pure, synchronous and total; time is a fact. */
export interface LaunchRule {
  readonly id: LaunchRuleId;
  readonly title: string;
  readonly remedy: string;
  evaluate(facts: LaunchFacts, spec: LaunchPolicySpec): LaunchRuleResult;
}

export const passes: LaunchRuleResult = { findings: [] };

export function undecided(cause: string): LaunchRuleResult {
  return { findings: [], undecided: cause };
}

/** Findings as a policy chooses to take them: not at all, told alone, or as they are. */
export function chosen<Finding extends LaunchRuleFinding>(
  choice: Choice,
  findings: readonly Finding[],
): readonly Finding[] {
  if (choice === 'allow') return [];
  return choice === 'observe' ? findings.map((finding) => ({ ...finding, observed: true })) : findings;
}

/** Untrusted text in a finding, as much of it as a person reads. */
export function shown(text: string): string {
  return text.replace(/\p{C}/gu, '?').slice(0, 200);
}
