import type { Instant } from '../base/index.ts';
import { examineInputs, type FindLanguage } from '../input/index.ts';
import { findSecretSpans } from '../inspect/index.ts';
import type { InputRuleId, LaunchFacts, LaunchFinding, LaunchSet, LaunchVerdict } from '../model/index.ts';
import {
  compilePodSecurity,
  defaultLaunchPolicy,
  type ExceptionDocument,
  type InputContractDocument,
  judgeContracts,
  judgeLaunchSet,
  judgePodSecurity,
  type LaunchPolicyDocument,
  parsePodSecuritySet,
} from '../policy/index.ts';
import type { ReviewItem } from './read-review.ts';
import { ServiceError } from './service-error.ts';

/** By what launches are reviewed: documents, or ready-made sets of rules. */
export interface ReviewRules {
  readonly policies: readonly LaunchPolicyDocument[];
  readonly contracts: readonly InputContractDocument[];
  readonly exceptions: readonly ExceptionDocument[];
  readonly sets: readonly RuleSet[];
  /** What tells code in inputs from data. */
  readonly findLanguage: FindLanguage;
}

export type RuleSet =
  | {
      readonly kind: 'pod-security';
      readonly level: 'privileged' | 'baseline' | 'restricted';
      readonly version: string;
    }
  | { readonly kind: 'input'; readonly strictness: 1 | 2 }
  /** What Portwarden refuses where nobody wrote a policy. */
  | { readonly kind: 'default' };

export interface ReviewResult {
  readonly name: string;
  readonly outcome: LaunchVerdict['outcome'];
  readonly cause?: string;
  readonly findings: readonly LaunchFinding[];
}

/** Names of sets: `pss:baseline@1.24`, `pss:restricted`, `input`, `input@2`, `default`. Throws ServiceError `bad-query`. */
export function parseRuleSet(text: string): RuleSet {
  if (text === 'default') return { kind: 'default' };
  const input = /^input(?:@([12]))?$/.exec(text);
  if (input) return { kind: 'input', strictness: input[1] === '2' ? 2 : 1 };
  const standard = parsePodSecuritySet(text);
  if (standard) return { kind: 'pod-security', ...standard };
  throw new ServiceError('bad-query', `there is no set of rules "${text.slice(0, 100)}"`, {
    remedy: 'Name pss:baseline@1.24, pss:restricted, input, input@2 or default',
  });
}

/** What the rules say of one launch before anyone starts it. What could not be read is refused. Pure. */
export function reviewLaunch(item: ReviewItem, rules: ReviewRules, now: Instant): ReviewResult {
  const { name, set, problem } = item;
  if (!set) return { name, outcome: 'deny', findings: [unreadable(problem ?? { path: '', message: 'it is empty' })] };
  const verdicts = [
    ...rules.sets.map((each) => judgeBySet(set, each, rules.findLanguage, now)),
    ...(rules.policies.length > 0 ? [judgeByDocuments(set, rules, rules.policies, now)] : []),
  ];
  const outcomes = verdicts.map(({ outcome }) => outcome);
  const outcome = outcomes.includes('deny')
    ? 'deny'
    : outcomes.includes('undecided') || outcomes.length === 0
      ? 'undecided'
      : 'allow';
  const causes = verdicts.flatMap(({ cause }) => (cause === undefined ? [] : [cause]));
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  return { name, outcome, findings, ...(causes.length > 0 ? { cause: causes.join('; ') } : {}) };
}

function judgeBySet(
  set: LaunchSet,
  rules: RuleSet,
  findLanguage: FindLanguage,
  now: Instant,
): Omit<ReviewResult, 'name'> {
  if (rules.kind === 'default') {
    const none = { policies: [], contracts: [], exceptions: [], sets: [], findLanguage };
    return judgeByDocuments(set, none, [{ ...defaultLaunchPolicy, mode: 'enforce' }], now);
  }
  if (set.requests.length === 0) return { outcome: 'undecided', cause: 'it starts nothing', findings: [] };
  if (rules.kind === 'pod-security') {
    const pods = set.pod ? [set.pod] : set.requests.map(compilePodSecurity);
    const findings = pods.flatMap((pod) => judgePodSecurity(pod, rules.level, rules.version));
    return { outcome: findings.length > 0 ? 'deny' : 'allow', findings };
  }
  const reports = set.requests.map((request) =>
    examineInputs(request, { strictness: rules.strictness, findLanguage, findSecrets: findSecretSpans }),
  );
  const findings = reports.flatMap((report) => report.findings);
  if (findings.some(refusesInput)) return { outcome: 'deny', findings };
  const [unread] = reports.flatMap((report) => report.unread);
  if (unread) return { outcome: 'undecided', cause: `${unread.path}: ${unread.cause}`, findings };
  return { outcome: 'allow', findings };
}

/** Of code that comes in as data, whatever is found refuses; of all else, what is severe. */
function refusesInput({ rule, severity }: LaunchFinding): boolean {
  return codeRules.has(rule) || severity === 'critical' || severity === 'high';
}

const codeRules: ReadonlySet<string> = new Set<InputRuleId>([
  'input/shell-injection',
  'input/code',
  'input/encoded-code',
  'input/interpreter',
  'input/download-and-run',
  'input/loader-hook',
]);

function judgeByDocuments(
  set: LaunchSet,
  { contracts, exceptions, findLanguage }: ReviewRules,
  policies: readonly LaunchPolicyDocument[],
  now: Instant,
): Omit<ReviewResult, 'name'> {
  const strictness = policies.some(({ spec }) => spec.inputs?.strictness === 2) ? 2 : 1;
  const facts = set.requests.map((request): LaunchFacts => {
    const inputs = examineInputs(request, { strictness, findLanguage, findSecrets: findSecretSpans });
    return {
      request,
      image: { state: 'unknown', cause: 'a review asks no registry' },
      inputs,
      contract: judgeContracts(request, request.image?.reference, contracts, inputs),
      now,
      ...(set.pod ? { pod: set.pod } : {}),
    };
  });
  return judgeLaunchSet(facts, policies, exceptions);
}

function unreadable({ path, message }: { readonly path: string; readonly message: string }): LaunchFinding {
  return {
    rule: 'launch/unreadable',
    severity: 'high',
    subject: path,
    title: 'It cannot be read as a launch',
    remedy: 'Correct what the message names',
    evidence: message,
    path,
    confidence: 'certain',
  };
}
