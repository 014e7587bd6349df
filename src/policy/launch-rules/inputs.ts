import { inputRuleIds, type LaunchFacts, type LaunchFinding } from '../../model/index.ts';
import { contractRule } from '../contract/contract-rule.ts';
import type { LaunchPolicySpec } from '../documents/launch-policy-document.ts';
import type { Choice } from '../documents/launch-settings.ts';
import { chosen, type LaunchRule, type LaunchRuleResult, passes, shown, undecided } from './launch-rule.ts';

export const unseenInputs: LaunchRule = {
  id: 'launch/unseen-inputs',
  title: 'Nobody has seen yet what is passed to it',
  remedy: 'Ask for a ticket: somebody looks at what is passed, and lets it pass from then on',
  evaluate({ request, seen, unasked }, { inputs: { unseen = 'allow' } = {} }) {
    if (unseen === 'allow' || seen === true || request.action === 'update') return passes;
    if (seen === undefined && unasked !== undefined)
      return undecided(`nobody can say whether the same was seen before: ${shown(unasked)}`);
    return {
      findings: [
        {
          severity: 'medium',
          path: request.path,
          subject: 'inputs',
          evidence: seen === false ? 'they are not as they were before' : 'nobody keeps count of what was seen',
        },
      ],
    };
  },
};

const noContract = {
  ...contractRule,
  remedy: 'Have an input contract of the image written and applied; one can be learned from its starts',
  subject: 'input contract',
  evidence: 'there is none that speaks of the image',
} as const satisfies Omit<LaunchFinding, 'path'>;

type InputSettings = NonNullable<LaunchPolicySpec['inputs']>;

function choiceOf(
  { rule, severity, confidence }: Pick<LaunchFinding, 'rule' | 'severity' | 'confidence'>,
  { strictness = 1, rules = {}, otherRules }: InputSettings,
): Choice {
  const choice = Object.hasOwn(rules, rule) ? rules[rule] : otherRules;
  if (choice === 'allow') return choice;
  if (confidence === 'guess' && strictness < 2) return 'observe';
  return choice ?? (severity === 'critical' || severity === 'high' ? 'refuse' : 'observe');
}

/** What a policy makes of an input that does not fit its contract. */
export function contractChoice({ inputs = {} }: LaunchPolicySpec): Choice {
  return inputs.contract === 'ignore' ? 'allow' : choiceOf(contractRule, inputs);
}

/** What a contract found that itself only observes, as the policy would take it. */
export function judgeObservedContract(
  { contract }: LaunchFacts,
  { inputs = {} }: LaunchPolicySpec,
): LaunchRuleResult<LaunchFinding> {
  if (inputs.contract === 'ignore' || contract.state === 'none' || !contract.isObserved) return { findings: [] };
  return { findings: contract.findings.flatMap((finding) => chosen(choiceOf(finding, inputs), [finding])) };
}

/** What rules of inputs and the contract found, as the policy takes it. */
export function judgeInputs(facts: LaunchFacts, { inputs = {} }: LaunchPolicySpec): LaunchRuleResult<LaunchFinding> {
  const { rules = {}, otherRules, contract = 'use' } = inputs;
  const { request, inputs: report } = facts;
  const found = [...report.findings];
  if (contract !== 'ignore' && facts.contract.state === 'judged' && !facts.contract.isObserved)
    found.push(...facts.contract.findings);
  const findings = found.flatMap((finding) => chosen(choiceOf(finding, inputs), [finding]));
  if (contract === 'require' && facts.contract.state === 'none' && request.action === 'start')
    findings.push({ ...noContract, path: request.image?.path ?? request.path });
  const [unread] = report.unread;
  const mayRefuse = inputRuleIds.some(
    (rule) => ((Object.hasOwn(rules, rule) ? rules[rule] : otherRules) ?? 'refuse') === 'refuse',
  );
  if (!unread || !mayRefuse) return { findings };
  const more = report.unread.length > 1 ? ` and ${report.unread.length - 1} more` : '';
  return { findings, undecided: `${shown(unread.path)} could not be looked into: ${shown(unread.cause)}${more}` };
}
