import { type AddVerb, endUnknown, formatOption, limitOption, withServices } from '../context.ts';
import { printJson, printTable } from '../output.ts';

interface StatementOptions {
  readonly feed?: string;
  readonly author?: string;
  readonly flaw?: string;
  readonly format: string;
  readonly limit: number;
}

export const addVex: AddVerb = (program, context) => {
  const vex = program.command('vex').description('whose word counts that a flaw does not matter');
  vex
    .command('authors')
    .addOption(formatOption('table', 'json'))
    .description('who makes statements in feeds of VEX documents')
    .action((options: { format: string }, command) =>
      withServices(context, command, async (services) => {
        const items = await services.feeds.authors();
        if (options.format === 'json') return printJson(context.output, { items });
        if (items.length === 0)
          return context.output.out('no statements yet: portwarden feeds add FILE|URL brings some');
        const rows = items.map(({ feed, author, statements, trusted }) => [
          feed,
          author,
          statements,
          trusted ? 'trusted' : 'shown only',
        ]);
        await printTable(context.output, ['FEED', 'AUTHOR', 'STATEMENTS', 'WORD'], rows);
      }),
    );
  vex
    .command('statements')
    .option('--feed <id>', 'of this feed alone')
    .option('--author <author>', 'by this author alone')
    .option('--flaw <name>', 'on this flaw alone, by any of its names')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .description('what VEX documents state')
    .action(({ format, limit, ...filter }: StatementOptions, command) =>
      withServices(context, command, async (services) => {
        const page = await services.feeds.statements({ ...filter, limit });
        if (format === 'json') return printJson(context.output, page);
        const rows = page.items.map((row) => [
          row.flaw,
          row.status,
          row.author,
          row.trusted ? 'trusted' : 'shown only',
          `${row.products[0] ?? ''}${row.products.length + row.moreProducts > 1 ? ', …' : ''}`,
          row.justification ?? row.note ?? '',
        ]);
        await printTable(context.output, ['FLAW', 'STATUS', 'AUTHOR', 'WORD', 'PRODUCTS', 'WHY'], rows);
        if (page.items.length < page.total)
          context.output.err(`${page.items.length} of ${page.total} are shown (--limit)`);
      }),
    );
  for (const [name, trusted, description] of [
    ['trust', true, 'let what this author says in this feed change answers'],
    ['distrust', false, 'show what this author says, and go by it no more'],
  ] as const) {
    vex
      .command(name)
      .argument('<feed>', 'as feeds status names it')
      .argument('<author>', 'as vex authors names them')
      .description(description)
      .action((feed: string, author: string, _options, command) =>
        withServices(context, command, async (services) => {
          if (!(await services.feeds.trust(feed, author, trusted)))
            endUnknown(context, `the feed "${feed}" has no statement by "${author}"`, 'vex authors');
        }),
      );
  }
};
