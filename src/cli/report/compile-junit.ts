import { formatBytes } from '../../base/index.ts';
import { type Severity, severities } from '../../model/index.ts';
import type { FindingView, Passport } from '../../model/wire/index.ts';

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

interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly failures: readonly string[];
  readonly errors: readonly string[];
  readonly skipped: string | undefined;
  readonly output: readonly string[];
}

/** What is merely declared or claimed is not known to be there, and says so. */
function describe({ advisory, severity, title, remedy, evidence }: FindingView): string {
  const kind = evidence.component?.kind ?? 'installed';
  return `${advisory} (${severity}${kind === 'installed' ? '' : `, ${kind}`}): ${title}. ${remedy}`;
}

function writeSuite(name: string, cases: readonly TestCase[]): string {
  const failures = cases.filter((test) => test.failures.length > 0).length;
  const errors = cases.filter((test) => test.failures.length === 0 && test.errors.length > 0).length;
  const skipped = cases.filter(isSkipped).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="portwarden" ${counts}>`,
    `  <testsuite name="${escape(name)}" ${counts}>`,
    ...cases.map(writeCase),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function isSkipped({ failures, errors, skipped }: TestCase): boolean {
  return failures.length === 0 && errors.length === 0 && skipped !== undefined;
}

/** One outcome for each test: a failure counts before an error, and either before a skip. */
function writeCase(test: TestCase): string {
  const { className, name, failures, errors, skipped, output } = test;
  const told = (element: string, messages: readonly string[]) => [
    `      <${element} message="${escape(messages[0] ?? '')}">${escape(messages.join('\n'))}</${element}>`,
  ];
  const outcome = [
    ...(failures.length > 0 ? told('failure', failures) : errors.length > 0 ? told('error', errors) : []),
    ...(isSkipped(test) ? [`      <skipped message="${escape(skipped ?? '')}"/>`] : []),
    ...(output.length > 0 ? [`      <system-out>${escape(output.join('\n'))}</system-out>`] : []),
  ];
  const head = `    <testcase classname="${escape(className)}" name="${escape(name)}"`;
  return outcome.length === 0 ? `${head}/>` : [`${head}>`, ...outcome, '    </testcase>'].join('\n');
}

/** Text for XML 1.0 (section 2.2): what may not stand in it at all is replaced, quotes and brackets are escaped. */
function escape(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 does not allow
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
