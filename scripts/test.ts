/**
 * `npm test [FILTER…]`: all tests, or those whose file's path holds a filter; other arguments go to vitest. Ends with the
 * line `N passed, N failed, N skipped` on standard output, and with status 0 only where tests ran and none failed. In CI
 * (CI=true) a skipped test fails the run.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTotals, type Totals, totalsVariable } from '../test/reporter/totals.ts';
import { ensureConsole } from './build-console.ts';
import { installEngines } from './install-engines.ts';
import { runPackaged } from './run-tool.ts';

const args = process.argv.slice(2);
const inCi = Boolean(process.env.CI);
process.exitCode = await run();

async function run(): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'portwarden-test-'));
  const file = join(scratch, 'totals.json');
  try {
    const refusal = await prepare();
    if (refusal !== undefined && inCi) {
      console.error(`The tests cannot run in CI: ${refusal}.`);
      console.log(formatTotals({ passed: 0, failed: 1, skipped: 0 }));
      return 1;
    }
    const status = await runPackaged('vitest/vitest.mjs', ['run', ...args], { [totalsVariable]: file });
    const totals = readTotals(file);
    for (const skip of totals.skips) console.log(`skipped: ${skip}`);
    const failed = explainFailure(status, totals);
    if (failed !== undefined) console.error(failed);
    console.log(formatTotals(totals));
    return failed === undefined ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What the whole run needs; a run of src alone needs nothing. Gives the reason where something is out of reach. */
async function prepare(): Promise<string | undefined> {
  const filters = args.filter((argument) => !argument.startsWith('-'));
  if (filters.length > 0 && filters.every((filter) => /^(\.\/)?(src|web|test\/(architecture|reporter))\b/.test(filter)))
    return undefined;
  await ensureConsole();
  const refusal = await installEngines();
  if (refusal !== undefined) console.error(refusal);
  if (inCi && process.getuid?.() !== 0) return 'real engines can only be started by root';
  return refusal;
}

/** A run that ended before it could count is one failure. */
function readTotals(file: string): Totals {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Totals;
  } catch {
    return { passed: 0, failed: 1, skipped: 0, skips: [] };
  }
}

function explainFailure(status: number, totals: Totals): string | undefined {
  if (totals.failed > 0) return `${totals.failed} failed.`;
  if (totals.passed + totals.skipped === 0) return 'No test ran: nothing matched.';
  if (inCi && totals.skipped > 0) return `In CI nothing may be skipped; ${totals.skipped} were.`;
  return status === 0 ? undefined : `The test run ended with status ${status}.`;
}
