import { Option } from 'commander';
import type { WhoRunsAnswer } from '../../model/wire/index.ts';
import { type AddVerb, formatOption, limitOption, withServices } from '../context.ts';
import { type Output, printJson, printTable } from '../output.ts';

interface WhoRunsOptions {
  readonly version?: string;
  readonly at?: string;
  readonly evidence: 'installed' | 'any';
  readonly format: string;
  readonly limit: number;
}

export const addWhoRuns: AddVerb = (program, context) => {
  program
    .command('who-runs')
    .description('which containers run a software bundle, now or at a time')
    .argument('<name|purl>', 'name of a component or of its source package, or a package URL')
    .option('--version <range>', "only these versions: '<2.17.1', '>=1.0 <2'")
    .option('--at <time>', 'who ran it then: an instant, or a date for any time of that day in UTC')
    .addOption(
      new Option(
        '--evidence <kind>',
        'any: also who merely declares it in a lock file, or claims it in a bill of materials',
      )
        .choices(['installed', 'any'])
        .default('installed'),
    )
    .addOption(limitOption(1000))
    .addOption(formatOption('table', 'json'))
    .addHelpText('after', "\nExample:\n  portwarden who-runs openssl --version '<3.0.13' --at 2026-03-01")
    .action(async (name: string, options: WhoRunsOptions, command) => {
      const answer = await withServices(context, command, (services) =>
        services.whoRuns({
          name,
          limit: options.limit,
          evidence: options.evidence,
          ...(options.version ? { version: options.version } : {}),
          ...(options.at ? { at: options.at } : {}),
        }),
      );
      if (options.format === 'json') printJson(context.output, answer);
      else await printAnswer(context.output, answer);
    });
};

async function printAnswer(output: Output, answer: WhoRunsAnswer): Promise<void> {
  if (answer.containers.length > 0) {
    await printTable(
      output,
      ['CONTAINER', 'HOST', 'IMAGE', 'STARTED', 'ENDED', 'COMPONENT'],
      answer.containers.map((container) => [
        container.name,
        container.host,
        container.image,
        container.started,
        container.ended ?? '',
        container.evidence === 'installed' ? container.component : `${container.component} (${container.evidence})`,
      ]),
    );
  }
  output.out(`${plural(answer.count, 'container')} of ${plural(answer.images, 'image')}`);
  if (answer.containers.length < answer.count) output.out(`${answer.containers.length} of them are shown (--limit)`);
  if (answer.imagesNotRunning > 0)
    output.out(`${plural(answer.imagesNotRunning, 'more image')} hold it and did not run`);
  if (answer.hosts.length > 0) output.out(`Machines with it among their own packages: ${answer.hosts.join(', ')}`);
  if (answer.merely > 0) {
    const whose = answer.merely === 1 ? 'whose image declares or claims it' : 'whose images declare or claim it';
    output.out(`Not known to be installed: ${plural(answer.merely, 'container')} ${whose} (--evidence any)`);
  }
  if (answer.undetermined > 0) {
    output.out(`Cannot tell for ${plural(answer.undetermined, 'container')}: their versions cannot be compared`);
  }
  if (answer.unread > 0) output.out(`Not looked into: ${plural(answer.unread, 'container')} whose image was not read`);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
