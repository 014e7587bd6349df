import type { LaunchFinding } from '../../model/index.ts';
import type { Reviewed } from '../verbs/review.ts';
import { type TestCase, writeSuite } from './write-junit.ts';

/** Reviews as JUnit XML: a test for each launch. It fails by what refuses it, and is an error where it could not be decided. */
export function compileReviewJunit(reviewed: readonly Reviewed[]): string {
  const cases = reviewed.map(({ file, lineOf, result: { name, outcome, cause, findings } }): TestCase => {
    const told = (those: readonly LaunchFinding[]) => those.map((finding) => describe(finding, lineOf(finding.path)));
    const refuses = ({ excepted, observed }: LaunchFinding) => outcome === 'deny' && !excepted && !observed;
    return {
      className: file,
      name,
      failures: told(findings.filter(refuses)),
      errors: outcome === 'undecided' ? [`not decided: ${cause ?? 'no rule could be asked'}`] : [],
      skipped: undefined,
      output: told(findings.filter((finding) => !refuses(finding))),
    };
  });
  return writeSuite('review', cases);
}

function describe({ rule, severity, path, evidence, title, remedy }: LaunchFinding, line: number | undefined): string {
  const where = line === undefined ? path : `${path} (line ${line})`;
  return `${rule} (${severity}): ${where}: ${evidence || title}. ${remedy}`;
}
