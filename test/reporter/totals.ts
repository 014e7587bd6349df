import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What a run came to. A file that could not be loaded and an error outside every test count as failed. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line for each skipped test: where, which, and why if it said. */
  readonly skips: readonly string[];
}

/** Where the runner wants the totals as JSON. */
export const totalsVariable = 'PORTWARDEN_TEST_TOTALS';

export function countTotals(modules: readonly TestModule[], unhandled: readonly SerializedError[]): Totals {
  let passed = 0;
  let failed = unhandled.length;
  const skips: string[] = [];
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed++;
      else if (result.state === 'skipped') {
        const note = result.note ?? 'no reason given';
        skips.push(`${module.relativeModuleId} > ${test.fullName}: ${note}`);
      } else failedHere++;
    }
    // A hook or the file itself failed: no test of it did, yet the file is not well.
    if (failedHere === 0 && !module.ok()) failedHere = 1;
    failed += failedHere;
  }
  return { passed, failed, skipped: skips.length, skips };
}

/** The one line that a run ends with. */
export function formatTotals({ passed, failed, skipped }: Omit<Totals, 'skips'>): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env[totalsVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(countTotals(modules, unhandled)));
  }
}

// Vitest takes a reporter that is named by its path from the default export.
export { TotalsReporter as default };
