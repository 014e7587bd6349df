import { Option } from 'commander';
import type { Attack, AttackOutcome, AttackPlan, AttackReport, AttackRequest } from '../../attack/index.ts';
import { askYes } from '../ask-yes.ts';
import { type AddVerb, type Context, formatOption } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printError, printJson, printTable } from '../output.ts';
import { createProgress } from '../progress.ts';
import { compileAttackJunit } from '../report/compile-attack-junit.ts';

interface AttackOptions {
  readonly engine: AttackRequest['engine'];
  readonly socket?: string;
  readonly image?: string;
  readonly only?: readonly string[];
  readonly list?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly format: 'table' | 'json' | 'junit';
}

export const addAttackTest: AddVerb = (program, context) => {
  program
    .command('attack-test')
    .description('tries attacks on this container host, without harm, and says which got through')
    .addOption(new Option('--engine <engine>', 'whose API').choices(['docker', 'podman']).default('docker'))
    .option('--socket <path>', "the engine's socket, where it is in no usual place")
    .option('--image <name>', 'a local image that may start here (default: the smallest that may)')
    .option('--only <id...>', 'only these attacks, or those whose IDs begin so: docker/body')
    .option('--list', 'lists the attacks, and asks no engine')
    .option('--dry-run', 'says what would be done, and makes nothing')
    .option('--yes', 'does not ask before it begins')
    .addOption(formatOption('table', 'json', 'junit'))
    .action((options: AttackOptions) => attackTest(context, options));
};

async function attackTest(context: Context, options: AttackOptions): Promise<void> {
  const { wiring, output, signal } = context;
  const { engine, image, only = [], format } = options;
  if (options.list) return printList(context, await wiring.attackTest.list(only), format);
  const socket = options.socket ?? usualSocket(engine);
  const request = { engine, socket, only, signal, ...(image === undefined ? {} : { image }) };
  const plan = await wiring.attackTest.plan(request);
  for (const line of describePlan(request, plan)) output.err(line);
  if (options.dryRun) return printList(context, plan.attacks, format);
  const answer = options.yes ?? (await askYes(output, 'Begin?', signal));
  if (answer !== true) {
    const message =
      answer === undefined ? 'nobody is there to be asked whether to begin; say --yes' : 'nothing was done';
    printError(output, new Error(message));
    return context.end(exitCode.usage);
  }
  const progress = createProgress(output, 'attack-test', String);
  const report = await wiring.attackTest
    .run(request, (done, total, id) => progress.update(done, total, id))
    .finally(() => progress.done());
  await printReport(context, report, format);
  context.end(exitOf(report));
}

/** Without a trace of a doubt only where everything was looked at; what is open counts for more than what is not known. */
function exitOf({ results, left }: AttackReport) {
  const has = (state: AttackOutcome['state']) => results.some(({ outcome }) => outcome.state === state);
  if (has('broken')) return exitCode.refused;
  return has('undetermined') || left.length > 0 ? exitCode.unreadable : exitCode.done;
}

function describePlan(request: AttackRequest, { attacks, version, plugins, images }: AttackPlan): readonly string[] {
  const asks = plugins.length === 0 ? 'asks no authorization plugin' : `asks ${plugins.join(', ')}`;
  return [
    `${attacks.length} attacks on ${request.engine} ${version} at ${request.socket}, which ${asks}.`,
    `Containers of ${images[0]} are created and taken away again; at most a few are started, which sleep. Nothing is pulled,`,
    'and nothing that is here is changed or ended. The gate will record what it refuses.',
  ];
}

function usualSocket(engine: AttackRequest['engine']): string {
  const uid = process.getuid?.() ?? 0;
  if (engine === 'docker') return '/var/run/docker.sock';
  return uid === 0 ? '/run/podman/podman.sock' : `/run/user/${uid}/podman/podman.sock`;
}

async function printList({ output }: Context, attacks: readonly Attack[], format: string): Promise<void> {
  const items = attacks.map(({ id, title, why, reference }) => ({ id, title, why, reference }));
  if (format !== 'table') return printJson(output, { items });
  await printTable(
    output,
    ['ATTACK', 'WHAT', 'WHAT IT WOULD GAIN'],
    items.map(({ id, title, why }) => [id, title, why]),
  );
}

async function printReport({ output }: Context, report: AttackReport, format: AttackOptions['format']): Promise<void> {
  const { results, left, removedLeftovers, image } = report;
  if (format === 'json') printJson(output, report);
  else if (format === 'junit') output.out(compileAttackJunit(report));
  else
    await printTable(
      output,
      ['ATTACK', 'OUTCOME', 'BY', 'WHAT WAS SEEN'],
      // What is to be done something about stands at the end, where the terminal is.
      results
        .toSorted((a, b) => order.indexOf(a.outcome.state) - order.indexOf(b.outcome.state))
        .map(({ id, outcome }) => [
          id,
          outcome.state,
          outcome.state === 'held' ? outcome.by : '',
          shorten(seenOf(outcome)),
        ]),
    );
  const count = (state: AttackOutcome['state']) => results.filter(({ outcome }) => outcome.state === state).length;
  output.err(
    `${count('held')} held, ${count('broken')} broken, ${count('undetermined')} undetermined, ${count('not-applicable')} not applicable; containers were of ${image}.`,
  );
  if (removedLeftovers > 0) output.err(`Taken away from an earlier run: ${removedLeftovers}.`);
  for (const thing of left) output.err(`Still there, and to be removed by hand: ${thing}`);
  if (count('broken') > 0)
    output.err('What each would gain: portwarden attack-test --list; what to do: docs/guide/attack-test.md');
}

const order: readonly AttackOutcome['state'][] = ['not-applicable', 'held', 'undetermined', 'broken'];

export function seenOf(outcome: AttackOutcome): string {
  if (outcome.state === 'held') return outcome.words;
  return outcome.state === 'broken' ? outcome.witness : outcome.reason;
}

const shorten = (text: string): string => (text.length > 110 ? `${text.slice(0, 109)}…` : text);
