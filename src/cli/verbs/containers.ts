import type { ContainerRow } from '../../model/wire/index.ts';
import { type AddVerb, type Context, formatOption, limitOption, withServices } from '../context.ts';
import { printJson, printTable } from '../output.ts';

interface ContainersOptions {
  readonly all?: true;
  readonly adHoc?: true;
  readonly at?: string;
  readonly search?: string;
  readonly format: string;
  readonly limit: number;
}

export const addContainers: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('containers')
    .description('the containers that run, or ran')
    .option('--all', 'every run that is remembered')
    .option('--at <time>', 'those that ran then: an instant, or a date for any time of that day in UTC')
    .option('--ad-hoc', 'only those that run and are not certified, or whose tag has moved since; and why')
    .option('--search <text>', 'only those with this in their name, image or ID')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action((options: ContainersOptions, command) =>
      withServices(context, command, async (services) => {
        const page = await services.containers({
          limit: options.limit,
          state: options.all ? 'all' : 'running',
          ...(options.at ? { at: options.at } : {}),
          ...(options.adHoc ? { origin: 'ad-hoc' as const } : {}),
          ...(options.search ? { search: options.search } : {}),
        });
        if (options.format === 'json') return printJson(output, page);
        if (options.adHoc) {
          const documents = page.total > 0 ? [] : await services.documents.list();
          await printAdHoc(context, page.items, page.total > 0 || documents.some(({ kind }) => kind === 'Registry'));
        } else await printRuns(context, page.items);
        if (page.items.length < page.total) output.err(`${page.items.length} of ${page.total} are shown (--limit)`);
      }),
    );
};

async function printRuns({ output }: Context, rows: readonly ContainerRow[]): Promise<void> {
  await printTable(
    output,
    ['CONTAINER', 'ID', 'HOST', 'ENGINE', 'IMAGE', 'STARTED', 'ENDED'],
    rows.map((row) => [
      row.name,
      row.id.slice(0, 12),
      row.host,
      row.engine,
      row.image,
      row.started,
      row.ended === null ? '' : `${row.ended}${row.endedExact ? '' : ' or later'}`,
    ]),
  );
}

async function printAdHoc({ output }: Context, rows: readonly ContainerRow[], comparable: boolean): Promise<void> {
  if (!comparable) return output.err('no registry has a document: there is nothing to compare with what runs');
  if (rows.length === 0) return output.err('all that runs is certified');
  await printTable(
    output,
    ['CONTAINER', 'ID', 'HOST', 'IMAGE', 'STARTED', 'ORIGIN', 'BECAUSE', 'PROJECT'],
    rows.map(({ name, id, host, image, started, origin }) => [
      name,
      id.slice(0, 12),
      host,
      image,
      started,
      origin?.state ?? '',
      origin?.reason ?? '',
      origin?.project ?? '',
    ]),
  );
}
