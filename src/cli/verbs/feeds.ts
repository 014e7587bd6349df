import type { Command } from 'commander';
import type { FeedView } from '../../model/wire/index.ts';
import type { FeedUpdateResult, Services } from '../../service/index.ts';
import { type AddVerb, type Context, endUnknown, formatOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatAge, printable, printJson, printTable } from '../output.ts';
import { createProgress } from '../progress.ts';

interface NamedOptions {
  readonly name?: string;
  readonly format: string;
  readonly checksum?: string;
  readonly signature?: string;
  readonly key?: string;
  readonly allowOlder?: true;
}

export const addFeeds: AddVerb = (program, context) => {
  const feeds = program.command('feeds').description('where advisories come from, and how fresh they are');
  feeds
    .command('add')
    .argument('<location>', 'a known name such as debian, npm, pypi, go; a URL; or a file or directory')
    .option('--name <name>', 'what to call it')
    .option('--checksum <where>', 'sha256:HEX, or a URL or file with lines of sha256sum')
    .option('--signature <where>', 'URL or file of the signature of the whole; with --key')
    .option('--key <file>', 'public key of the signature: PEM, of Ed25519, ECDSA or RSA')
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
    .command('export')
    .argument('<file>', 'what to write; FILE.pwfeeds, say')
    .option('--feed <id...>', 'these alone; all that were imported unless said', [])
    .description('write feeds into one file, for where no network is')
    .action((file: string, options: { feed: string[] }, command) =>
      withServices(context, command, async (services) => {
        const { exportFeeds } = await import('../feed-bundles.ts');
        const sha256 = await exportFeeds(services, file, options.feed);
        context.output.out(`${sha256}  ${file}`);
      }),
    );
  feeds
    .command('import-bundle')
    .argument('<file>', 'what feeds export wrote')
    .option('--sha256 <hex>', 'the digest that feeds export printed')
    .option('--allow-older', 'take it even where it is older than what is held')
    .addOption(formatOption('table', 'json'))
    .description('import the feeds of a bundle, all or none')
    .action((file: string, options: NamedOptions & { sha256?: string }, command) =>
      withServices(context, command, async (services) => {
        const { importBundle } = await import('../feed-bundles.ts');
        const { digest, feeds: items } = await importBundle(
          services,
          file,
          options.sha256,
          options.allowOlder === true,
        );
        context.output.err(`${file}: sha256 ${digest}`);
        if (options.format === 'json') return printJson(context.output, { items });
        await printFeeds(context, items);
      }),
    );
  feeds
    .command('update')
    .argument('[name]', 'one feed; all unless said')
    .option('--allow-older', 'take it even where it is older than what is held, or has lost most of it')
    .addOption(formatOption('table', 'json'))
    .description('import feeds again from where they come from')
    .action((name: string | undefined, options: NamedOptions, command) =>
      withServices(context, command, async (services) => {
        const results = await importFeeds(context, services, name, options.allowOlder === true);
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
        for (const { id, lastAttempt } of items) {
          if (!lastAttempt?.error) continue;
          context.output.err(`${id}: the attempt of ${lastAttempt.at} failed: ${printable(lastAttempt.error)}`);
        }
        if (items.length === 0) context.output.out('no feeds yet: nothing can be judged. portwarden feeds add debian');
      }),
    );
  feeds
    .command('remove')
    .argument('<name>')
    .description('forget a feed and what it said')
    .action((name: string, _options, command) =>
      withServices(context, command, async (services) => {
        if (!(await services.feeds.remove(name))) endUnknown(context, `there is no feed "${name}"`, 'feeds status');
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
    const { name, checksum, signature, key } = options;
    const feed = await services.feeds.add({
      location,
      ...(name ? { id: name } : {}),
      ...(checksum ? { checksum } : {}),
      ...(signature ? { signature } : {}),
      ...(key ? { key } : {}),
    });
    const imported = await importFeeds(context, services, feed.id);
    // What never gave anything is a slip of the pen, not a feed.
    const isSlip = feed.state === 'never-imported' && imported.every((result) => result.state === 'failed');
    if (isSlip) await services.feeds.remove(feed.id);
    results.push(...imported);
  }
  await printResults(context, results, options.format);
}

async function importFeeds(
  context: Context,
  services: Services,
  id?: string,
  allowOlder = false,
): Promise<readonly FeedUpdateResult[]> {
  const progress = createProgress(context.output, 'importing advisories');
  try {
    return await services.feeds.update(id, {
      signal: context.signal,
      allowOlder,
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
      results.flatMap((result) => (result.state === 'failed' ? [] : result.feed)),
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
    if (result.state === 'unchanged') context.output.err(`${result.id}: nothing new`);
    if (result.state !== 'failed') continue;
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
