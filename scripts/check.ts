/**
 * `npm run check`: what must hold before every commit, in under half a minute: format, lint, types, unit and architecture tests.
 * All of it runs even where something fails, so that one run tells everything. With --static without the tests.
 */
import { runPackaged } from './run-tool.ts';

const isStatic = process.argv.includes('--static');
const tests = [
  'unit and architecture tests',
  'vitest/vitest.mjs',
  'run',
  '--project',
  'unit',
  '--reporter',
  'dot',
] as const;
const checks = [
  ['format', '@biomejs/biome/bin/biome', 'check', '.'],
  ['lint', 'oxlint/bin/oxlint', '--deny-warnings'],
  ['types', 'typescript/bin/tsc', '-p', '.'],
  ['types of the console', 'typescript/bin/tsc', '-p', 'web'],
  ...(isStatic ? [] : [tests]),
] as const;

const failed: string[] = [];
for (const [name, file, ...args] of checks) {
  const start = performance.now();
  const status = await runPackaged(file, args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'good' : 'FAILED'}: ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`Not good yet: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
