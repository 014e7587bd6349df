import type { LaunchFacts } from '../../model/index.ts';
import { evaluateCondition } from '../condition.ts';
import { ConditionTime } from '../condition-input.ts';
import { type LaunchRule, type LaunchRuleFinding, passes } from './launch-rule.ts';

/** What conditions see of a launch. */
function launchVariables({ request, image, start, inputs, contract, host, now }: LaunchFacts) {
  return {
    request: { ...request, host: host ?? null },
    image: {
      state: image.state,
      registry: image.image?.registry ?? request.image?.reference?.registry ?? null,
      repository: image.image?.repository ?? request.image?.reference?.repository ?? null,
      digest: image.image?.digest ?? null,
      tag: request.image?.reference?.tag ?? null,
      start: start ?? null,
    },
    inputs: { ...inputs, contract: contract.state === 'judged' ? contract.name : null },
    now: new ConditionTime(now),
  };
}

/** Words of the library may repeat a value, which may be a secret: of its reasons those are told that never do. */
const plainReason =
  /^(?:it takes more than|it gives neither|a text is longer|a value nests|found no matching overload)/;

export const launchCondition: LaunchRule = {
  id: 'launch/condition',
  title: 'A condition of the policy is not met',
  remedy: 'See the condition in the policy, and who answers for it',
  evaluate(facts, { conditions }) {
    if (!conditions) return passes;
    const variables = launchVariables(facts);
    const findings: LaunchRuleFinding[] = [];
    const causes: string[] = [];
    for (const { name, expression, message, remedy } of conditions) {
      const holds = evaluateCondition(expression, 'launch', variables);
      if (holds === true) continue;
      if (holds === false)
        findings.push({
          severity: 'high',
          path: facts.request.path,
          subject: name,
          evidence: message,
          ...(remedy === undefined ? {} : { remedy }),
        });
      else {
        const reason = plainReason.test(holds.undecided) ? `: ${holds.undecided}` : '';
        causes.push(`the condition "${name}" cannot be evaluated${reason}`);
      }
    }
    return { findings, ...(causes.length > 0 ? { undecided: causes.join('; ') } : {}) };
  },
};
