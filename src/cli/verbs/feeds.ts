import type { Command } from 'commander';
import type { FeedView } from '../../model/wire/index.ts';
import type { FeedUpdateResult, Services } from '../../service/index.ts';
import { type AddVerb, type Context, formatOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatAge, printable, printError, printJson, printTable } from '../output.ts';
import { createProgress } from '../progress.ts';

interface NamedOptions {
  readonly name?: string;
  readonly format: string;
}

export const addFeeds: AddVerb = (program, context) => {
  const feeds = program.command('feeds').description('where advisories come from, and how fresh they are');
  feeds
    .command('add')
    .argument('<location>', 'a known name such as debian, npm, pypi, go; a URL; or a file or directory')
    .option('--name <name>', 'what to call it')
    .addOption(formatOption('table', 'json'))
    .description('remember a feed and import it')
    .action((location: string, options: NamedOptions, command) =>
      withServices(context, command, (services) => addAndImport(context, services, [location], options)),
    );
  feeds
    .command('import')
    .argument('<file...>', 'OSV (JSON, JSONL, directory, zip), Debian tracker, Alpine secdb; also .gz and .zst')
    .option('--name <name>', 'what to call it; with one file only')
    .addOption(formatOption('table', 'json'))
    .description('import advisories from files')
    .action(async (files: string[], options: NamedOptions, command: Command) => {
      if (options.name && files.length > 1) command.error('error: --name goes with one file only');
      const { resolve } = await import('node:path');
      const locations = files.map((file) => (/^https?:\/\//.test(file) ? file : resolve(file)));
      return withServices(context, command, (services) => addAndImport(context, services, locations, options));
    });
  feeds
    .command('update')
    .argument('[name]', 'one feed; all unless said')
    .addOption(formatOption('table', 'json'))
    .description('import feeds again from where they come from')
    .action((name: string | undefined, options: NamedOptions, command) =>
      withServices(context, command, async (services) => {
        const results = await importFeeds(context, services, name);
        await printResults(context, results, options.format);
      }),
    );
  feeds
    .command('status')
    .addOption(formatOption('table', 'json'))
    .description('every feed with its age and what it covers')
    .action((options: NamedOptions, command) =>
      withServices(context, command, async (services) => {
        const items = await services.feeds.list();
        if (options.format === 'json') return printJson(context.output, { items });
        await printFeeds(context, items);
        if (items.length === 0) context.output.out('no feeds yet: nothing can be judged. portwarden feeds add debian');
      }),
    );
  feeds
    .command('remove')
    .argument('<name>')
    .description('forget a feed and what it said')
    .action((name: string, _options, command) =>
      withServices(context, command, async (services) => {
        if (await services.feeds.remove(name)) return;
        printError(context.output, new Error(`there is no feed "${name}"; see: portwarden feeds status`));
        context.end(exitCode.usage);
      }),
    );
};

async function addAndImport(
  context: Context,
  services: Services,
  locations: readonly string[],
  options: NamedOptions,
): Promise<void> {
  const results: FeedUpdateResult[] = [];
  for (const location of locations) {
    const feed = await services.feeds.add({ location, ...(options.name ? { id: options.name } : {}) });
    const imported = await importFeeds(context, services, feed.id);
    // What never gave anything is a slip of the pen, not a feed.
    const isSlip = feed.state === 'never-imported' && imported.every((result) => result.state === 'failed');
    if (isSlip) await services.feeds.remove(feed.id);
    results.push(...imported);
  }
  await printResults(context, results, options.format);
}

async function importFeeds(context: Context, services: Services, id?: string): Promise<readonly FeedUpdateResult[]> {
  const progress = createProgress(context.output, 'importing advisories');
  try {
    return await services.feeds.update(id, {
      signal: context.signal,
      onProgress: ({ id: feed, records, bytes, totalBytes }) =>
        progress.update(bytes, totalBytes, `${feed}: ${records} records`),
    });
  } finally {
    progress.done();
  }
}

async function printResults(context: Context, results: readonly FeedUpdateResult[], format: string): Promise<void> {
  const imported = results.filter((result) => result.state === 'imported');
  if (format === 'json') printJson(context.output, { items: results });
  else
    await printFeeds(
      context,
      imported.map((result) => result.feed),
    );
  for (const result of imported) {
    for (const reason of result.rejected) context.output.err(`${result.id}: not taken: ${reason}`);
    const more = result.feed.rejected - result.rejected.length;
    if (result.feed.skipped > 0) {
      context.output.err(`${result.id}: ${result.feed.skipped} records speak of ecosystems that are not known here`);
    }
    if (more > 0) context.output.err(`${result.id}: and ${more} more records not taken`);
  }
  for (const result of results) {
    if (result.state === 'imported') continue;
    context.output.err(`portwarden: ${result.id} was not imported: ${printable(result.message)}`);
    context.end(exitCode.unreadable);
  }
}

async function printFeeds(context: Context, feeds: readonly FeedView[]): Promise<void> {
  if (feeds.length === 0) return;
  await printTable(
    context.output,
    ['FEED', 'STATE', 'DATA AGE', 'IMPORTED', 'ADVISORIES', 'NOT TAKEN', 'COVERS', 'FROM'],
    feeds.map((feed) => [
      feed.id,
      feed.state,
      feed.state === 'never-imported' ? '' : feed.ageDays === null ? 'not dated' : formatAge(feed.ageDays),
      feed.importedAt ?? '',
      feed.advisories,
      feed.rejected,
      feed.coverage.length > 4
        ? `${feed.coverage.slice(0, 3).join(' ')} +${feed.coverage.length - 3}`
        : feed.coverage.join(' '),
      feed.location,
    ]),
  );
}
