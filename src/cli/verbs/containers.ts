import { type AddVerb, formatOption, limitOption, withServices } from '../context.ts';
import { printJson, printTable } from '../output.ts';

interface ContainersOptions {
  readonly all?: true;
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
    .option('--search <text>', 'only those with this in their name, image or ID')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action((options: ContainersOptions, command) =>
      withServices(context, command, async (services) => {
        const page = await services.containers({
          limit: options.limit,
          state: options.all ? 'all' : 'running',
          ...(options.at ? { at: options.at } : {}),
          ...(options.search ? { search: options.search } : {}),
        });
        if (options.format === 'json') return printJson(output, page);
        await printTable(
          output,
          ['CONTAINER', 'ID', 'HOST', 'ENGINE', 'IMAGE', 'STARTED', 'ENDED'],
          page.items.map((row) => [
            row.name,
            row.id.slice(0, 12),
            row.host,
            row.engine,
            row.image,
            row.started,
            row.ended === null ? '' : `${row.ended}${row.endedExact ? '' : ' or later'}`,
          ]),
        );
        if (page.items.length < page.total) output.err(`${page.items.length} of ${page.total} are shown (--limit)`);
      }),
    );
};
