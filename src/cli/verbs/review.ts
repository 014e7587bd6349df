import { createReadStream } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import { decodeUtf8, readBounded } from '../../base/index.ts';
import type { FindLanguage } from '../../input/index.ts';
import { type LaunchForm, launchForms } from '../../model/index.ts';
import type { ReviewResult, ReviewRules } from '../../service/index.ts';
import { type AddVerb, formatOption } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { type Output, printTable } from '../output.ts';
import { readFiles } from '../read-files.ts';
import { reviewLines } from '../review-lines.ts';

interface ReviewOptions {
  readonly as?: LaunchForm;
  readonly policy: readonly string[];
  readonly rules: readonly string[];
  readonly batch: boolean;
  readonly format: 'table' | 'json' | 'sarif' | 'junit';
}

const fileLimit = 1024 * 1024;

/** `review`: what would be said of a launch, before anyone starts it. */
export const addReview: AddVerb = (program, context) => {
  program
    .command('review')
    .description('judge compose files, docker run lines, Pods, config.json and API bodies before anyone starts them')
    .argument('[files...]', '- reads standard input')
    .option(
      '-p, --policy <path>',
      'file or directory of LaunchPolicy, InputContract and Exception documents; as often as you like',
      collect,
      [],
    )
    .option(
      '-r, --rules <sets>',
      'ready-made sets, with commas: pss:baseline@1.24, pss:restricted, input, input@2, default',
      collect,
      [],
    )
    .addOption(
      new Option('--as <form>', 'what the files are; told by their content unless said').choices([...launchForms]),
    )
    .option(
      '--batch',
      'read lines {"id", "rules"?, "pod"|"compose"|"run"|"config"|"docker": …}, and answer each with a line',
      false,
    )
    .addOption(formatOption('table', 'json', 'sarif', 'junit'))
    .addHelpText(
      'after',
      `
Without --policy and --rules it judges by "default": what Portwarden refuses where nobody wrote a policy.
Needs no server and no store.

Examples:
  portwarden review compose.yaml
  echo 'docker run -v /:/host alpine' | portwarden review -
  portwarden review -r pss:restricted@1.30,input --format sarif deploy/*.yaml

Exit status: 0 allowed, 1 refused or not decided, 2 wrong usage, 3 could not read. With --batch 0 where every line
was answered: the answers say the rest.`,
    )
    .action(async (files: readonly string[], options: ReviewOptions) => {
      const { readReview, reviewLaunch } = await import('../../service/index.ts');
      const rules = await rulesOf(options, await context.wiring.findLanguage());
      const names = files.length > 0 ? files : ['-'];
      if (options.batch) {
        for (const name of names) await reviewLines(context, streamOf(name), rules);
        return;
      }
      const now = Date.now();
      const reviewed: Reviewed[] = [];
      for (const file of names) {
        const text = await readText(file);
        const name = file === '-' ? 'standard input' : file;
        for (const item of readReview(text, name, options.as)) {
          reviewed.push({ file: name, lineOf: item.lineOf, result: reviewLaunch(item, rules, now) });
        }
      }
      await printReviewed(context.output, reviewed, options.format, context.wiring.version);
      if (reviewed.some(({ result }) => result.outcome !== 'allow')) context.end(exitCode.refused);
    });
};

/** An option that may be given more than once. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

export interface Reviewed {
  readonly file: string;
  readonly lineOf: (path: string) => number | undefined;
  readonly result: ReviewResult;
}

async function rulesOf({ policy, rules }: ReviewOptions, findLanguage: FindLanguage): Promise<ReviewRules> {
  const [{ parseRuleSet }, { parseDocuments }] = await Promise.all([
    import('../../service/index.ts'),
    import('../../policy/index.ts'),
  ]);
  const documents = (await readFiles(policy)).flatMap(({ name, text }) => parseDocuments(text, name));
  const policies = documents.filter((document) => document.kind === 'LaunchPolicy');
  if (policy.length > 0 && policies.length === 0)
    throw new InvalidArgumentError('--policy names no LaunchPolicy document.');
  const named = rules.flatMap((text) => text.split(',')).map((text) => parseRuleSet(text.trim()));
  return {
    policies,
    contracts: documents.filter((document) => document.kind === 'InputContract'),
    exceptions: documents.filter((document) => document.kind === 'Exception'),
    sets: named.length > 0 || policies.length > 0 ? named : [{ kind: 'default' }],
    findLanguage,
  };
}

function streamOf(file: string) {
  return file === '-' ? process.stdin : createReadStream(file);
}

async function readText(file: string): Promise<string> {
  const name = file === '-' ? 'standard input' : file;
  return decodeUtf8(await readBounded(streamOf(file), fileLimit, name), name);
}

async function printReviewed(
  output: Output,
  reviewed: readonly Reviewed[],
  format: ReviewOptions['format'],
  version: string,
): Promise<void> {
  if (format === 'sarif') {
    const { compileReviewSarif } = await import('../report/compile-review-sarif.ts');
    return output.out(JSON.stringify(compileReviewSarif(reviewed, version), null, 2));
  }
  if (format === 'junit') {
    const { compileReviewJunit } = await import('../report/compile-review-junit.ts');
    return output.out(compileReviewJunit(reviewed));
  }
  if (format === 'json') {
    const items = reviewed.map(({ file, lineOf, result: { name, outcome, cause, findings } }) => ({
      file,
      name,
      outcome,
      cause: cause ?? null,
      findings: findings.map((finding) => ({ ...finding, line: lineOf(finding.path) ?? null })),
    }));
    return output.out(JSON.stringify({ items }, null, 2));
  }
  for (const { lineOf, result } of reviewed) await printResult(output, result, lineOf);
}

const words = { allow: 'allowed', deny: 'refused', undecided: 'not decided' } as const;

async function printResult(output: Output, result: ReviewResult, lineOf: Reviewed['lineOf']): Promise<void> {
  const { name, outcome, cause, findings } = result;
  output.out(`${name}: ${words[outcome]}${cause === undefined ? '' : ` (not decided: ${cause})`}`);
  if (findings.length === 0) return;
  const rows = findings.map(({ rule, severity, path, evidence, title, excepted }) => {
    const line = lineOf(path);
    const where = line === undefined ? path : `${path} (line ${line})`;
    return [rule, severity, where, evidence || title, excepted ? `excepted: ${excepted.name}` : ''];
  });
  await printTable(output, ['RULE', 'SEVERITY', 'WHERE', 'WHAT', ''], rows);
  for (const remedy of new Set(findings.map((finding) => finding.remedy))) output.out(`- ${remedy}`);
}
