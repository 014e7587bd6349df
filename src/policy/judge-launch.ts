import { parseInstant } from '../base/index.ts';
import type { LaunchFacts, LaunchFinding, LaunchVerdict } from '../model/index.ts';
import { activeException, type ExceptionSubject } from './active-exception.ts';
import type { ExceptionDocument } from './documents/exception-document.ts';
import { defaultLaunchPolicy, type LaunchPolicyDocument } from './documents/launch-policy-document.ts';
import { parseDuration } from './duration.ts';
import { contractChoice, judgeInputs, judgeObservedContract } from './launch-rules/inputs.ts';
import type { LaunchRule, LaunchRuleResult } from './launch-rules/launch-rule.ts';
import { launchRules } from './launch-rules/launch-rules.ts';
import { isInScope } from './launch-scope.ts';
import { compilePodSecurity } from './pod-security/compile-pod-security.ts';
import { judgePodSecurity } from './pod-security/judge-pod-security.ts';

/**
 * Whether a container may start by the policies that speak of it, each in its own mode; where none does, what the default
 * policy finds is told. Pure, synchronous and total. What is known to be refused is refused whatever else is open; what
 * cannot be decided is never allowed; an exception lets pass a finding, and never what is undecided. Findings that refuse
 * stand before all others.
 */
export function judgeLaunch(
  facts: LaunchFacts,
  policies: readonly LaunchPolicyDocument[],
  exceptions: readonly ExceptionDocument[],
): LaunchVerdict {
  const inForce = policies.filter(({ spec }) => isInScope(facts, spec.scope));
  const results = (inForce.length > 0 ? inForce : [defaultLaunchPolicy]).flatMap((policy) =>
    resultsOf(facts, policy)
      .filter((result) => result !== nothing)
      .map(({ findings, undecided, isObserved }) => ({
        isEnforced: policy.mode !== 'observe' && !isObserved,
        findings: findings.map((finding) => withException(finding, facts, exceptions)),
        undecided,
      })),
  );
  const enforced = results.filter(({ isEnforced }) => isEnforced);
  const observed = results.filter(({ isEnforced }) => !isEnforced);
  return verdictOf({
    findings: [
      ...enforced.flatMap(({ findings }) => findings),
      ...observed.flatMap(({ findings }) => findings.map((finding) => ({ ...finding, observed: true as const }))),
    ],
    causes: enforced.flatMap(({ undecided }) => undecided ?? []),
    observedCauses: observed.flatMap(({ undecided }) => undecided ?? []),
    isObserved: observed.some(({ findings, undecided }) => undecided !== undefined || findings.some(refuses)),
  });
}

/**
 * For how long what is admitted now may start again by that alone, in milliseconds: not at all where a policy in force has it
 * judged anew each time, without end where none says.
 */
export function restartsFor(facts: LaunchFacts, policies: readonly LaunchPolicyDocument[]): number {
  const inForce = policies.filter(({ mode, spec }) => mode !== 'observe' && isInScope(facts, spec.scope));
  const spans = inForce.map(({ spec: { restart = {} } }) => {
    if (restart.admitted === 'judge') return 0;
    return restart.maxAge === undefined ? Infinity : (parseDuration(restart.maxAge) ?? 0);
  });
  return Math.min(Infinity, ...spans);
}

/** What the policies that speak of a launch make of an input that does not fit its contract: the strictest of them. */
export function contractEffect(
  facts: LaunchFacts,
  policies: readonly LaunchPolicyDocument[],
): 'refuse' | 'observe' | 'ignore' {
  const inForce = policies.filter(({ spec }) => isInScope(facts, spec.scope));
  const choices = (inForce.length > 0 ? inForce : [defaultLaunchPolicy]).map(({ mode, spec }) => {
    const choice = contractChoice(spec);
    return choice === 'refuse' && mode === 'observe' ? 'observe' : choice;
  });
  if (choices.includes('refuse')) return 'refuse';
  return choices.includes('observe') ? 'observe' : 'ignore';
}

/** Whether what was asked for in one go may start: the worst of its verdicts. Of nothing at all it is undecided. */
export function judgeLaunchSet(
  facts: readonly LaunchFacts[],
  policies: readonly LaunchPolicyDocument[],
  exceptions: readonly ExceptionDocument[],
): LaunchVerdict {
  if (facts.length === 0)
    return { outcome: 'undecided', cause: 'nothing was asked for that could be judged', findings: [] };
  const verdicts = facts.map((each) => judgeLaunch(each, policies, exceptions));
  const allowed = verdicts.filter((verdict) => verdict.outcome === 'allow');
  return verdictOf({
    findings: verdicts.flatMap(({ findings }) => findings),
    causes: verdicts.flatMap(({ outcome, cause }) => (outcome === 'allow' ? [] : (cause ?? []))),
    observedCauses: allowed.flatMap(({ cause }) => cause ?? []),
    isObserved: allowed.some(({ observed }) => observed === true),
  });
}

function refuses({ observed, excepted }: LaunchFinding): boolean {
  return !observed && !excepted;
}

interface Judged {
  readonly findings: readonly LaunchFinding[];
  readonly causes: readonly string[];
  readonly observedCauses: readonly string[];
  /** A policy in mode observe would have refused it, or not have decided. */
  readonly isObserved: boolean;
}

function verdictOf({ findings: all, causes, observedCauses, isObserved }: Judged): LaunchVerdict {
  const findings = inOrder(all);
  const [first, ...others] = findings;
  const cause = joined(causes);
  if (first && refuses(first)) return { outcome: 'deny', findings: [first, ...others], ...(cause ? { cause } : {}) };
  if (cause) return { outcome: 'undecided', cause, findings };
  const observedCause = joined(observedCauses);
  return {
    outcome: 'allow',
    findings,
    ...(isObserved ? { observed: true } : {}),
    ...(observedCause ? { cause: observedCause } : {}),
  };
}

/** Each once, though several policies or containers bring it: as the strictest of them has it, and those that refuse first. */
function inOrder(findings: readonly LaunchFinding[]): readonly LaunchFinding[] {
  const kept = new Map<string, LaunchFinding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.path, finding.subject, finding.evidence]);
    const known = kept.get(key);
    if (!known || weight(finding) < weight(known)) kept.set(key, finding);
  }
  return [...kept.values()].sort((a, b) => weight(a) - weight(b));
}

function weight(finding: LaunchFinding): number {
  if (refuses(finding)) return 0;
  return finding.excepted ? 1 : 2;
}

function joined(causes: readonly string[]): string {
  return [...new Set(causes)].join('; ');
}

/** What all rules find by a policy; those of inputs and of Pods have been looked for by others. */
function resultsOf(
  facts: LaunchFacts,
  policy: LaunchPolicyDocument,
): readonly (LaunchRuleResult<LaunchFinding> & { readonly isObserved?: true })[] {
  if (facts.request.action === 'exec' && policy.spec.exec === 'allow') return [];
  const contract = evaluated('input/contract', () => judgeObservedContract(facts, policy.spec));
  return [
    ...(contract === nothing ? [] : [{ ...contract, isObserved: true as const }]),
    ...launchRules.map((rule) => evaluated(rule.id, () => ofRule(rule, facts, policy))),
    evaluated('input', () => judgeInputs(facts, policy.spec)),
    evaluated('pod-security', () => judgePod(facts, policy)),
  ];
}

/** What nearly every rule gives of nearly every launch. */
const nothing: LaunchRuleResult<LaunchFinding> = { findings: [] };

/** A rule that fails has decided nothing. Its message may hold what was asked, so only its name is told. */
function evaluated(name: string, evaluate: () => LaunchRuleResult<LaunchFinding>): LaunchRuleResult<LaunchFinding> {
  try {
    const { findings, undecided } = evaluate();
    if (undecided === undefined) return findings.length === 0 ? nothing : { findings };
    return { findings, undecided: `${name}: ${undecided}` };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.name : typeof thrown;
    return { findings: [], undecided: `${name}: the rule failed (${why})` };
  }
}

function ofRule(rule: LaunchRule, facts: LaunchFacts, { spec }: LaunchPolicyDocument): LaunchRuleResult<LaunchFinding> {
  const { id, title, remedy } = rule;
  const { findings, undecided } = rule.evaluate(facts, spec);
  if (findings.length === 0 && undecided === undefined) return nothing;
  const named = findings.map((found) => ({ rule: id, title, remedy, confidence: 'certain' as const, ...found }));
  return { findings: named, ...(undecided === undefined ? {} : { undecided }) };
}

/** By the Pod itself where it is one, otherwise by the Pod that the launch would be. */
function judgePod({ request, pod }: LaunchFacts, { spec }: LaunchPolicyDocument): LaunchRuleResult<LaunchFinding> {
  // A process in a container or new limits of one change nothing that the standards look at, but for what is privileged.
  if (!spec.podSecurity || (!pod && request.action !== 'start')) return { findings: [] };
  const { level, version = 'latest' } = spec.podSecurity;
  return { findings: judgePodSecurity(pod ?? compilePodSecurity(request), level, version) };
}

function withException(
  finding: LaunchFinding,
  facts: LaunchFacts,
  exceptions: readonly ExceptionDocument[],
): LaunchFinding {
  const exception = activeException(exceptions, finding, subjectOf(facts), facts.now);
  if (!exception) return finding;
  const { metadata, spec } = exception;
  const expires = parseInstant(spec.expires) ?? facts.now;
  return { ...finding, excepted: { name: metadata.name, owner: spec.owner, expires } };
}

/**
 * What an exception may be of. The image is what it turned out to be, or named by its digest: a mere name can be given to
 * any image of a host, and with it the exceptions of another.
 */
function subjectOf({ request, image, host }: LaunchFacts): ExceptionSubject {
  const { reference } = request.image ?? {};
  const pinned =
    image.image ?? (reference?.digest === undefined ? undefined : { ...reference, digest: reference.digest });
  const { namespace, name: workload } = request.workload;
  return {
    ...(pinned ? { image: pinned } : {}),
    launch: {
      ...(host === undefined ? {} : { host }),
      ...(namespace === undefined ? {} : { namespace }),
      names: [request.name, workload].filter((name) => name !== undefined),
    },
  };
}
