import type { ImagePolicyFacts, PolicyFinding } from '../../model/index.ts';
import type { ImagePolicySpec } from '../documents/image-policy-document.ts';

/** Every rule by its ID; docs/reference/rules.md has a row for each. */
export const imageRuleIds = [
  'image/integrity',
  'image/signed',
  'image/attestation',
  'image/age',
  'image/vulnerabilities',
  'image/known-exploited',
  'image/license',
  'image/package',
  'image/root-user',
  'image/secret',
  'image/malware',
  'image/unknown',
  'image/base-image',
  'image/condition',
] as const;
export type ImageRuleId = (typeof imageRuleIds)[number];

/** A finding without what is the same for all of its rule; a remedy of its own goes before the rule's. */
export type RuleFinding = Omit<PolicyFinding, 'rule' | 'title' | 'remedy' | 'excepted'> & {
  readonly title?: string;
  readonly remedy?: string;
};

export interface RuleResult {
  readonly findings: readonly RuleFinding[];
  /** Why it cannot be told whether there are more; absent where it can. */
  readonly undecided?: string;
}

/** One thing that a policy may demand of an image. Pure, synchronous and total; time is a fact. */
export interface ImageRule {
  readonly id: ImageRuleId;
  readonly title: string;
  readonly remedy: string;
  /** What the policy demands by this rule; nothing is demanded where it gives nothing. */
  evaluate(facts: ImagePolicyFacts, spec: ImagePolicySpec): RuleResult;
}

export const passes: RuleResult = { findings: [] };

export function undecided(cause: string): RuleResult {
  return { findings: [], undecided: cause };
}
