import { Option } from 'commander';
import { type Severity, severities } from '../../model/index.ts';
import type { DriftRow, LookView } from '../../model/wire/index.ts';
import { type AddVerb, type Context, endUnknown, formatOption, limitOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printJson, printTable } from '../output.ts';

interface DriftOptions {
  readonly all?: true;
  readonly gone?: true;
  readonly search?: string;
  readonly severity?: Severity;
  readonly failOn?: Severity;
  readonly format: string;
  readonly limit: number;
}

export const addDrift: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('drift')
    .description(
      'programs and packages in containers that their images did not bring; with a container, looks at it now',
    )
    .argument('[container]', 'name of a running container, or 4 or more leading digits of its ID')
    .option('--all', 'also of containers that ran')
    .option('--gone', 'also what is there no longer')
    .option('--search <text>', 'only with this in container, image, host, path or package')
    .addOption(new Option('--severity <severity>', 'that bad or worse').choices(severities))
    .addOption(new Option('--fail-on <severity>', 'exit 1 where one is that bad or worse').choices(severities))
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action((container: string | undefined, options: DriftOptions, command) =>
      withServices(context, command, async ({ drift }) => {
        if (container !== undefined) {
          const look = await drift.look(container, context.signal);
          if (!look) return endUnknown(context, `no container "${container}" runs`, 'containers');
          if (options.format === 'json') printJson(output, look);
          else await printLook(context, look);
          return endByWorst(context, look.items, options);
        }
        const { search, severity, limit } = options;
        const page = await drift.list({
          limit,
          state: options.all ? 'all' : 'running',
          ...(options.gone ? { gone: true } : {}),
          ...(search ? { search } : {}),
          ...(severity ? { severity } : {}),
        });
        if (options.format === 'json') printJson(output, page);
        else {
          if (page.items.length > 0) await printRows(context, page.items);
          const { looked, running, failed, drifted } = page.looks;
          output.err(
            `${drifted} of ${running} running containers drifted; ${looked} were looked at` +
              (failed > 0 ? `, ${failed} not wholly: portwarden drift CONTAINER says why` : ''),
          );
          if (page.items.length < page.total) output.err(`${page.items.length} of ${page.total} are shown (--limit)`);
        }
        endByWorst(context, page.items, options);
      }),
    );
};

async function printLook(context: Context, look: LookView): Promise<void> {
  const { output } = context;
  const { name, host, image } = look.container;
  if (look.items.length > 0) await printRows(context, look.items);
  else if (look.state === 'looked')
    output.out(`${name} on ${host} has no program or package that ${image} did not bring`);
  if (look.message !== null) output.err(`${look.state}: ${look.message}`);
  if (look.more > 0) output.err(`${look.more} more are not listed`);
  for (const { message } of look.problems) output.err(`not looked at: ${message}`);
  if (look.state === 'failed') context.end(exitCode.unreadable);
}

async function printRows({ output }: Context, rows: readonly DriftRow[]): Promise<void> {
  await printTable(
    output,
    ['SEVERITY', 'CONTAINER', 'HOST', 'WHAT', 'APPEARED', 'RULE', 'DETAIL'],
    rows.map((row) => [
      row.severity,
      row.container.name,
      row.container.host,
      row.subject,
      row.goneAt === null ? appearedOf(row) : `${appearedOf(row)}, gone ${row.goneAt}`,
      row.rule,
      row.detail,
    ]),
  );
}

/** The kernel's own note where there is one, else between which looks. */
function appearedOf({ changedAt, absentAt, firstSeen }: DriftRow): string {
  return changedAt !== null && changedAt <= firstSeen ? changedAt : `${absentAt} to ${firstSeen}`;
}

function endByWorst(context: Context, rows: readonly DriftRow[], { failOn }: DriftOptions): void {
  if (failOn === undefined) return;
  const worst = severities.indexOf(failOn);
  if (rows.some(({ severity }) => severities.indexOf(severity) <= worst)) context.end(exitCode.refused);
}
