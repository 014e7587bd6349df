import { InvalidArgumentError, Option } from 'commander';
import { type Severity, severities } from '../../model/index.ts';
import type { Passport, UnknownView } from '../../model/wire/index.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';

/** What `--fail-on` asks for, given once or more. */
export interface FailOn {
  /** A severity, or `known-exploited`: whatever the severity is. */
  readonly findings?: Severity | 'known-exploited';
  /** The highest share of the bytes of programs that may belong to no package; absent: unknowns are no reason. */
  readonly unownedPercent?: number;
}

export interface ThresholdOptions {
  readonly failOn?: FailOn;
  readonly allowUnjudged?: true;
}

const findingChoices = ['known-exploited', ...severities.filter((severity) => severity !== 'unknown')];

/** One more `--fail-on`. Throws InvalidArgumentError. */
export function parseFailOn(text: string, before: FailOn = {}): FailOn {
  if (findingChoices.includes(text)) return { ...before, findings: text as Severity | 'known-exploited' };
  const [, percent] = /^unknown(?:=(\d{1,3}(?:\.\d{1,3})?)%?)?$/.exec(text) ?? [];
  if (!text.startsWith('unknown') || (percent === undefined && text !== 'unknown') || Number(percent) > 100)
    throw new InvalidArgumentError(`Allowed choices are ${findingChoices.join(', ')}, unknown, unknown=PERCENT.`);
  return { ...before, unownedPercent: Number(percent ?? 100) };
}

/** `--fail-on` and `--allow-unjudged`, as scan and match take them. */
export const thresholdOptions: readonly Option[] = [
  new Option(
    '--fail-on <what>',
    'exit 1 where a finding is that bad or worse (known-exploited, a severity); where something could not be read or a ' +
      'package database was removed (unknown), or more than that of the programs belongs to no package (unknown=PERCENT)',
  ).argParser(parseFailOn),
  new Option('--allow-unjudged', 'with --fail-on: let pass what no feed covers and what nobody rated'),
];

/** Says what could not be looked at, and ends with a refusal where the passport does not pass the threshold. */
export function holdThreshold(context: Context, passport: Passport, options: ThresholdOptions): void {
  const { output } = context;
  if (passport.problems.length > 0)
    output.err(`portwarden: could not look at ${passport.problems.length} things in it`);
  if (options.failOn === undefined) return;
  const refusals = refusalsOf(passport, options.failOn, options.allowUnjudged === true);
  for (const refusal of refusals) output.err(`portwarden: ${refusal}`);
  if (refusals.length > 0) context.end(exitCode.refused);
}

/**
 * Why a passport does not pass a threshold. What was not judged, not rated or not read is no better than what was found,
 * unless the user says so. Programs that no ecosystem of packages knows are no reason: no feed could cover them.
 */
export function refusalsOf(passport: Passport, failOn: FailOn, allowUnjudged: boolean): string[] {
  const { findings, unownedPercent } = failOn;
  const unknowns = unownedPercent === undefined ? [] : refuseUnknown(passport.unknown, unownedPercent);
  if (findings === undefined) return unknowns;
  return [...refuseFindings(passport, findings, allowUnjudged), ...unknowns];
}

function refuseFindings(passport: Passport, failOn: NonNullable<FailOn['findings']>, allowUnjudged: boolean): string[] {
  const refusals: string[] = [];
  const exploited = passport.findings.filter((finding) => finding.knownExploited);
  if (exploited.length > 0)
    refusals.push(`${exploited.length} findings are known to be exploited${doubtOf(exploited)}`);
  const limit = severities.indexOf(failOn as Severity);
  const bad = passport.findings.filter(
    ({ severity }) => severity !== 'unknown' && severities.indexOf(severity) <= limit,
  );
  if (bad.length > 0) refusals.push(`${bad.length} findings are ${failOn} or worse${doubtOf(bad)}`);
  const seen = passport.observations.filter(({ severity }) => severities.indexOf(severity) <= limit).length;
  if (seen > 0) refusals.push(`${seen} secrets, marks of malware or risky modes are ${failOn} or worse`);
  if (allowUnjudged) return refusals;
  const { judgement, undetermined, problems } = passport;
  const remedy = '(--allow-unjudged lets it pass)';
  const unrated = passport.findings.filter(({ severity }) => severity === 'unknown').length;
  if (unrated > 0) refusals.push(`${unrated} findings have no severity ${remedy}`);
  const unjudged = passport.components.filter(
    (component) => component.ownedBy === null && !component.judged && component.ecosystem !== 'generic',
  ).length;
  if (unjudged > 0) {
    const missing = judgement.notCovered.filter((key) => key !== 'generic').join(', ');
    refusals.push(`${unjudged} components are not judged: no feed covers ${missing} ${remedy}`);
  }
  if (undetermined.length > 0) refusals.push(`${undetermined.length} advisories cannot be compared ${remedy}`);
  if (problems.length > 0) refusals.push(`${problems.length} things in it could not be looked at ${remedy}`);
  return refusals;
}

/** What nobody can account for; the user asked for it, so that nothing else lets it pass. */
function refuseUnknown({ state, records, problems, programs, unowned }: UnknownView, allowed: number): string[] {
  const refusals: string[] = [];
  for (const { kind, path, detail } of records) refusals.push(`${kind} at ${path}: ${detail}`);
  const unread = problems.reduce((sum, { count }) => sum + count, 0);
  if (state === 'unknown' && unread > 0)
    refusals.push(
      `${unread} things in it are unknown, since they could not be looked at: ${problems.map(({ code }) => code).join(', ')}`,
    );
  const share = programs && unowned && (programs.bytes === 0 ? 0 : (100 * unowned.bytes) / programs.bytes);
  if (share !== null && share > allowed)
    refusals.push(
      `${share.toFixed(2)} % of its programs and libraries belong to no package, more than ${allowed} % ` +
        '(install them as packages, or allow more with --fail-on unknown=PERCENT)',
    );
  if (share === null && allowed < 100) refusals.push('nobody looked at which of its programs belong to a package');
  return refusals;
}

/** How many of the findings are in what is merely declared or claimed: they count, and are not said to be installed. */
function doubtOf(findings: Passport['findings']): string {
  const parts = (['declared', 'claimed'] as const).flatMap((kind) => {
    const count = findings.filter(({ evidence }) => evidence.component?.kind === kind).length;
    return count > 0 ? [`${count} of them in what is merely ${kind}`] : [];
  });
  return parts.length > 0 ? `, ${parts.join(' and ')}` : '';
}
