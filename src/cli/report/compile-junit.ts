import { formatBytes } from '../../base/index.ts';
import { type Severity, severities } from '../../model/index.ts';
import type { FindingView, Passport } from '../../model/wire/index.ts';
import { type TestCase, writeSuite } from './write-junit.ts';

/**
 * A passport as JUnit XML, in the form that CI systems read (testsuites, testsuite, testcase, failure, error, skipped): a
 * test for each component. It fails by what is found at the threshold or worse, is an error where it cannot be told, and
 * is skipped where nothing judges it; what is found below the threshold is told in its output. What could not be looked at
 * is an error of its own.
 */
export function compileJunit(passport: Passport, failOn: Severity = 'negligible'): string {
  const limit = severities.indexOf(failOn);
  const findings = Map.groupBy(passport.findings, (finding) => finding.component);
  const undetermined = Map.groupBy(passport.undetermined, (item) => item.component);
  const cases = passport.components
    .filter((component) => component.ownedBy === null)
    .map(({ purl, ecosystem, name, version, judged }): TestCase => {
      const found = findings.get(purl) ?? [];
      const bad = found.filter(
        ({ severity, knownExploited }) =>
          severity === 'unknown' || knownExploited !== null || severities.indexOf(severity) <= limit,
      );
      return {
        className: ecosystem,
        name: `${name} ${version}`,
        failures: bad.map(describe),
        errors: (undetermined.get(purl) ?? []).map((item) => `${item.advisory} cannot be compared: ${item.reason}`),
        skipped: judged ? undefined : 'no feed covers it',
        output: found.filter((finding) => !bad.includes(finding)).map(describe),
      };
    });
  const problems = passport.problems.map(
    ({ code, message, path }): TestCase => ({
      className: 'could not look',
      name: path ? `${code} ${path}` : code,
      failures: [],
      errors: [message],
      skipped: undefined,
      output: [],
    }),
  );
  const observations = passport.observations.map(
    ({ rule, severity, title, remedy, path, detail }): TestCase => ({
      className: rule,
      name: path ?? 'the configuration',
      failures: severities.indexOf(severity) <= limit ? [`${title} (${severity}): ${detail}. ${remedy}`] : [],
      errors: [],
      skipped: undefined,
      output: severities.indexOf(severity) <= limit ? [] : [`${title} (${severity}): ${detail}`],
    }),
  );
  return writeSuite(passport.subject.name, [...cases, ...observations, ...problems, ...unaccountedOf(passport)]);
}

/** Programs that no package brought and archives that nobody opened: nobody tested them. */
function unaccountedOf({ unknown: { unowned, archives, summary } }: Passport): readonly TestCase[] {
  const files = [...(unowned?.largest ?? []), ...(archives?.largest ?? [])];
  if (files.length === 0) return [];
  const output = files.map(({ path, size }) => `${path} (${formatBytes(size)})`);
  return [
    { className: 'unaccounted', name: 'what no package brought', failures: [], errors: [], skipped: summary, output },
  ];
}

/** What is merely declared or claimed is not known to be there, and says so. */
function describe({ advisory, severity, title, remedy, evidence }: FindingView): string {
  const kind = evidence.component?.kind ?? 'installed';
  return `${advisory} (${severity}${kind === 'installed' ? '' : `, ${kind}`}): ${title}. ${remedy}`;
}
