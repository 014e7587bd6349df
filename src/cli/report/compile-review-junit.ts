import type { LaunchFinding } from '../../model/index.ts';
import type { Reviewed } from '../verbs/review.ts';
import { type TestCase, writeSuite } from './write-junit.ts';

/** Reviews as JUnit XML: a test for each launch. It fails by what refuses it, and is an error where it could not be decided. */
export function compileReviewJunit(reviewed: readonly Reviewed[]): string {
  const cases = reviewed.map(({ file, lineOf, result: { name, outcome, cause, findings } }): TestCase => {
    const told = findings.map((finding) => describe(finding, lineOf(finding.path)));
    return {
      className: file,
      name,
      failures: outcome === 'deny' ? told : [],
      errors: outcome === 'undecided' ? [`not decided: ${cause ?? 'no rule could be asked'}`] : [],
      skipped: undefined,
      output: outcome === 'deny' ? [] : told,
    };
  });
  return writeSuite('review', cases);
}

function describe({ rule, severity, path, evidence, title, remedy }: LaunchFinding, line: number | undefined): string {
  const where = line === undefined ? path : `${path} (line ${line})`;
  return `${rule} (${severity}): ${where}: ${evidence || title}. ${remedy}`;
}
