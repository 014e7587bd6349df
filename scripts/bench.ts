/** `npm run bench [NAME…]`: the benchmarks of test/bench, or those whose name holds one of the words, each in a fresh process. */
import { globSync } from 'node:fs';
import { checkout, runTool } from './run-tool.ts';

const words = process.argv.slice(2);
const files = globSync('test/bench/**/*.bench.ts', { cwd: checkout })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`No benchmark is named ${words.join(' or ')}.`);
  process.exitCode = 2;
}
for (const file of files) {
  console.log(`\n${file}`);
  const status = await runTool(process.execPath, ['--expose-gc', file]);
  if (status === 0) continue;
  console.error(`${file} ended with status ${status}.`);
  process.exitCode = 1;
}
