import { Option } from 'commander';
import { type AddVerb, type Context, formatOption } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printable, printJson, printTable } from '../output.ts';
import { type RuntimeReport, type RuntimeRequest, runtimeEngineNames } from '../wiring.ts';

interface RuntimeOptions {
  readonly engine?: (typeof runtimeEngineNames)[number];
  readonly runtime?: string;
  readonly dryRun?: true;
  readonly format: string;
}

export const addRuntime: AddVerb = (program, context) => {
  const verb = program
    .command('runtime')
    .description('the wrapper before runc and crun, by which the agent sees what really starts');
  const engine = () => new Option('--engine <engine>', 'whose runtimes').choices([...runtimeEngineNames]);
  verb
    .command('install')
    .description('puts it before the runtimes of an engine; restarts nothing')
    .addOption(engine().makeOptionMandatory())
    .option('--runtime <path>', 'only before this runc or crun')
    .option('--dry-run', 'prints what would be written, and writes nothing')
    .addOption(formatOption('text', 'json'))
    .action((options: RuntimeOptions) => change(context, 'install', options));
  verb
    .command('uninstall')
    .description('takes it away, and gives configurations back as they were')
    .addOption(engine().makeOptionMandatory())
    .option('--dry-run', 'prints what would be written, and writes nothing')
    .addOption(formatOption('text', 'json'))
    .action((options: RuntimeOptions) => change(context, 'uninstall', options));
  verb
    .command('status')
    .description('where it is installed, and what goes past it')
    .addOption(engine())
    .addOption(formatOption('table', 'json'))
    .action((options: RuntimeOptions) => showStatus(context, options));
};

async function change(context: Context, action: RuntimeRequest['action'], options: RuntimeOptions): Promise<void> {
  const { output } = context;
  const reports = await manage(context, action, options);
  if (options.format === 'json') return printJson(output, { items: reports });
  for (const { engine, state, changes, restart, unseen, notes } of reports) {
    if (state === 'unchanged') output.err(`${engine}: nothing is to change`);
    for (const line of changes.split('\n')) if (line !== '') output.out(printable(line));
    for (const name of unseen)
      output.err(`${engine}: containers of the runtime ${printable(name)} are not seen; see docs/guide/second-look.md`);
    for (const note of notes) output.err(`${engine}: ${printable(note)}`);
    if (restart.length > 0) output.err(`${engine}: it counts after: ${restart.join(' && ')}`);
  }
}

async function showStatus(context: Context, options: RuntimeOptions): Promise<void> {
  const reports = await manage(context, 'status', options);
  if (options.format === 'json') printJson(context.output, { items: reports });
  else
    await printTable(
      context.output,
      ['ENGINE', 'WRAPPER', 'AGENT', 'NOT SEEN'],
      reports.map(({ engine, state, agent, unseen }) => [engine, state, agent ?? '', unseen.join(', ')]),
    );
  // Installed without an agent, nothing can start.
  if (reports.some(({ state, agent }) => state !== 'absent' && agent === 'away')) context.end(exitCode.unreadable);
}

function manage(
  { wiring }: Context,
  action: RuntimeRequest['action'],
  { engine, runtime, dryRun }: RuntimeOptions,
): Promise<readonly RuntimeReport[]> {
  const engines = engine === undefined ? runtimeEngineNames : [engine];
  return wiring.manageRuntime({ action, engines, dryRun: dryRun === true, ...(runtime ? { runtime } : {}) });
}
