/**
 * `npm run fuzz [-- NAME…] [--minutes N] [--seed N] [--replay FILE]`: feeds the parsers of outside bytes, or those whose
 * target's name holds one of the words, with hostile input: N minutes in all (10 where nothing is said), shared among
 * them. A finding is written to a file, which --replay feeds again to the one target that is named. Ends with status 1
 * where something was found.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { type FuzzTarget, tryInput } from '../test/fuzz/fuzz-target.ts';
import { fuzzTargets } from '../test/fuzz/targets/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, replay: { type: 'string' } },
});
const chosen = fuzzTargets.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
);
process.exitCode = await run();

async function run(): Promise<number> {
  if (chosen.length === 0) return usage(`no target is named ${positionals.join(' or ')}`);
  if (values.replay !== undefined) return replay(values.replay);
  const minutes = Number(values.minutes);
  const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
  if (!(minutes > 0) || !Number.isInteger(seed)) return usage('--minutes and --seed take a number');
  console.log(`${chosen.length} targets, ${minutes} minutes, --seed ${seed}`);
  let findings = 0;
  for (const target of chosen) if (!(await fuzzOne(target, (minutes * 60_000) / chosen.length, seed))) findings++;
  if (findings > 0) console.error(`${findings} of ${chosen.length} targets have a finding.`);
  return findings === 0 ? 0 : 1;
}

async function fuzzOne(target: FuzzTarget, milliseconds: number, seed: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  const { cases, kept, finding } = await fuzz(target, { seed, goOn: () => performance.now() < end });
  if (!finding) {
    console.log(`good: ${target.name}, ${cases} inputs, ${kept} of them of a new kind`);
    return true;
  }
  mkdirSync('.cache/fuzz', { recursive: true });
  const file = `.cache/fuzz/${target.name.replaceAll('/', '-')}-${seed}`;
  writeFileSync(file, finding.input);
  console.error(`FOUND after ${cases} inputs: ${finding.error.message}`);
  console.error(`  again: npm run fuzz -- ${target.name} --replay ${file}`);
  return false;
}

async function replay(file: string): Promise<number> {
  const named = chosen.filter(({ name }) => positionals.includes(name));
  const [target] = named.length > 0 ? named : chosen;
  if (!target || positionals.length !== 1) return usage('--replay takes the name of one target');
  console.log(await tryInput(target, readFileSync(file)));
  return 0;
}

function usage(message: string): number {
  console.error(`${message}. The targets: ${fuzzTargets.map(({ name }) => name).join(', ')}`);
  return 2;
}
