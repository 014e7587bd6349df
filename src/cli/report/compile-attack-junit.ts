import type { AttackReport } from '../../attack/index.ts';
import { type TestCase, writeSuite } from './write-junit.ts';

/** The self-test as JUnit XML: a failure for each attack that got through, an error for each that nobody could judge. */
export function compileAttackJunit({ engine, results }: AttackReport): string {
  const cases = results.map(({ id, title, why, reference, outcome }): TestCase => {
    const { state } = outcome;
    return {
      className: id.slice(0, id.lastIndexOf('/')).replaceAll('/', '.'),
      name: `${id}: ${title}`,
      failures: state === 'broken' ? [outcome.witness, `It gains ${why}.`, `See ${reference}`] : [],
      errors: state === 'undetermined' ? [outcome.reason] : [],
      skipped: state === 'not-applicable' ? outcome.reason : undefined,
      output: state === 'held' ? [`held by the ${outcome.by}: ${outcome.words}`] : [],
    };
  });
  return writeSuite(`attack-test of ${engine.kind} ${engine.version}`, cases);
}
