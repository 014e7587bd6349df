import { messageOf, parseInstant } from '../base/index.ts';
import type { ImagePolicyFacts, ImageVerdict, PolicyFinding } from '../model/index.ts';
import { activeException } from './active-exception.ts';
import type { ExceptionDocument } from './documents/exception-document.ts';
import type { ImagePolicyDocument } from './documents/image-policy-document.ts';
import { type ImageRule, type RuleFinding, type RuleResult, undecided } from './rules/image-rule.ts';
import { imageRules } from './rules/image-rules.ts';

/**
 * Whether an image may pass by a policy. Pure, synchronous and total. What is known to be refused is refused whatever else
 * is open; what cannot be decided is never allowed; an exception lets pass a finding, and never what is undecided.
 */
export function judgeImage(
  facts: ImagePolicyFacts,
  policy: ImagePolicyDocument,
  exceptions: readonly ExceptionDocument[],
): ImageVerdict {
  const findings: PolicyFinding[] = [];
  const causes: string[] = [];
  for (const rule of imageRules) {
    const result = evaluated(rule, facts, policy);
    if (result.undecided !== undefined) causes.push(`${rule.id}: ${result.undecided}`);
    for (const found of result.findings) findings.push(withException(toFinding(rule, found), facts, exceptions));
  }
  const cause = causes.length > 0 ? { cause: causes.join('; ') } : undefined;
  const [refused] = findings.filter(({ excepted }) => !excepted);
  if (policy.mode === 'observe') return { outcome: 'allow', findings, observed: true, ...cause };
  if (refused) {
    const [first = refused, ...others] = findings;
    return { outcome: 'deny', findings: [first, ...others], ...cause };
  }
  return cause ? { outcome: 'undecided', findings, ...cause } : { outcome: 'allow', findings };
}

/** A rule that fails has decided nothing. */
function evaluated(rule: ImageRule, facts: ImagePolicyFacts, policy: ImagePolicyDocument): RuleResult {
  try {
    return rule.evaluate(facts, policy.spec);
  } catch (thrown) {
    return undecided(`the rule failed: ${messageOf(thrown).slice(0, 200)}`);
  }
}

function toFinding({ id, title, remedy }: ImageRule, found: RuleFinding): PolicyFinding {
  return { rule: id, title, remedy, ...found };
}

function withException(
  finding: PolicyFinding,
  { image, now }: ImagePolicyFacts,
  exceptions: readonly ExceptionDocument[],
): PolicyFinding {
  const exception = activeException(exceptions, finding, { image }, now);
  if (!exception) return finding;
  const { metadata, spec } = exception;
  const expires = parseInstant(spec.expires) ?? now;
  return { ...finding, excepted: { name: metadata.name, owner: spec.owner, expires } };
}
