import type { Command } from 'commander';
import { type Context, formatOption, storeOptions } from './context.ts';
import { exitCode } from './exit-code.ts';
import { printJson } from './output.ts';
import { createProgress } from './progress.ts';

type Printed = { readonly format: 'table' | 'json' };

/** What `groups` does on this very host. */
export function addHostGroups(groups: Command, context: Context): void {
  const { output, wiring, signal } = context;
  groups
    .command('verify')
    .option('--host <name>', 'of a host where portwarden up runs; this one unless said')
    .description('send real packets between the containers of a host, and compare with what the rules say')
    .addOption(formatOption('table', 'json'))
    .addHelpText(
      'after',
      '\nWhere portwarden up runs it does it, and what it sends is no traffic that groups flows shows; where not, it takes root here.\nNothing is sent into programs that listen.\nExit status: 0 all as the rules say, 1 something is not, 3 could not look.',
    )
    .action(async ({ format, host }: Printed & { readonly host?: string }, command) => {
      const progress = createProgress(output, 'tried', String);
      const report = await wiring.segmentation.verify({
        ...storeOptions(command),
        signal,
        ...(host === undefined ? {} : { host }),
        onProgress: (tried) => progress.update(tried),
      });
      progress.done();
      if (format === 'json') printJson(output, report);
      else await (await import('./report/print-groups.ts')).printProbes(output, report);
      if (report.disagreed.length > 0) context.end(exitCode.refused);
      else if (report.agreed === 0 && report.untried.length > 0) context.end(exitCode.unreadable);
    });
  const boot = groups.command('boot').description('what holds from a boot of this host until the agent speaks');
  boot
    .command('install')
    .description('containers are closed from the boot on, until the agent speaks')
    .action(async (_options, command) => {
      await wiring.segmentation.installBoot(storeOptions(command));
      output.out('From the next boot on, container networks are closed until portwarden up speaks.');
    });
  boot
    .command('remove')
    .description('containers are open from the boot on, until the agent speaks')
    .action(async () => {
      await wiring.segmentation.removeBoot();
      output.out('From the next boot on, container networks are open until portwarden up speaks.');
    });
  groups
    .command('remove')
    .description('take the rules off this host: everything is open then')
    .action(async () => {
      await wiring.segmentation.remove();
      output.out('The rules are gone from this host. Where portwarden up still runs, it puts them back:');
      output.out('end it, or start it with PORTWARDEN_SEGMENTATION=off.');
    });
}
