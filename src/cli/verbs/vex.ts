import { type AddVerb, endUnknown, formatOption, withServices } from '../context.ts';
import { printJson, printTable } from '../output.ts';

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
