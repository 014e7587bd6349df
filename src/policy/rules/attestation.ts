import { evaluateCondition } from '../condition.ts';
import { imageVariables, signersOf, timeVariable } from './condition-variables.ts';
import { type ImageRule, passes, type RuleFinding } from './image-rule.ts';

export const attestation: ImageRule = {
  id: 'image/attestation',
  title: 'An attestation is missing, or does not say what it must',
  remedy: 'Let the pipeline attest it, signed by a trust root that the policy names',
  evaluate(facts, { attestations: wanted }) {
    if (!wanted) return passes;
    const findings: RuleFinding[] = [];
    const causes: string[] = [];
    for (const { predicateType, trustRoots, condition } of wanted) {
      const named = facts.attestations.filter((each) => each.predicateType === predicateType);
      const accepted = named.filter(({ trust, trustRoot }) => {
        return trust.state === 'verified' && (!trustRoots || trustRoots.includes(trustRoot));
      });
      const results = accepted.map(({ predicate, trust }) => {
        if (condition === undefined) return true;
        const variables = { predicate, ...imageVariables(facts), signers: signersOf([trust]), ...timeVariable(facts) };
        return evaluateCondition(condition, 'predicate', variables);
      });
      if (results.includes(true)) continue;
      const doubt = results.find((result) => typeof result === 'object');
      if (doubt) causes.push(`the condition on ${predicateType} cannot be evaluated: ${doubt.undecided}`);
      else {
        const refused = named.flatMap(({ trust, trustRoot }) =>
          trust.state === 'rejected' ? [`${trustRoot}: ${trust.code}, ${trust.message}`] : [],
        );
        const evidence =
          accepted.length > 0
            ? `none of ${accepted.length} meets the condition`
            : named.length > 0
              ? `${named.length} there, none accepted${refused.length > 0 ? `: ${refused.slice(0, 3).join('; ')}` : ''}`
              : 'there is none';
        findings.push({ severity: 'high', subject: predicateType, evidence: evidence.slice(0, 1000) });
      }
    }
    return { findings, ...(causes.length > 0 ? { undecided: causes.join('; ') } : {}) };
  },
};
