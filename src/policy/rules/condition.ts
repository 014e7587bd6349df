import { evaluateCondition } from '../condition.ts';
import { imageVariables, signersOf, timeVariable } from './condition-variables.ts';
import { type ImageRule, passes, type RuleFinding } from './image-rule.ts';

export const condition: ImageRule = {
  id: 'image/condition',
  title: 'A condition of the policy is not met',
  remedy: 'See the condition in the policy, and who answers for it',
  evaluate(facts, { conditions }) {
    if (!conditions) return passes;
    const variables = {
      ...imageVariables(facts),
      ...timeVariable(facts),
      passport: facts.passport ?? null,
      signers: signersOf(facts.signatures.map(({ trust }) => trust)),
      attestations: facts.attestations
        .filter(({ trust }) => trust.state === 'verified')
        .map(({ predicateType, predicate, trustRoot, trust }) => ({
          predicateType,
          predicate,
          trustRoot,
          signers: signersOf([trust]),
        })),
    };
    const findings: RuleFinding[] = [];
    const causes: string[] = [];
    for (const { name, expression, message, remedy } of conditions) {
      const holds = evaluateCondition(expression, 'image', variables);
      if (holds === true) continue;
      if (holds === false)
        findings.push({
          severity: 'high',
          subject: name,
          evidence: message,
          ...(remedy === undefined ? {} : { remedy }),
        });
      else causes.push(`the condition "${name}" cannot be evaluated: ${holds.undecided}`);
    }
    return { findings, ...(causes.length > 0 ? { undecided: causes.join('; ') } : {}) };
  },
};
