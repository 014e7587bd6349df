import type { Impact } from '../../model/wire/index.ts';
import { type AddVerb, formatOption, limitOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { type Output, printable, printError, printJson, printTable } from '../output.ts';

export const addImpact: AddVerb = (program, context) => {
  program
    .command('impact')
    .description('what a flaw means for the fleet: who has it, since when, and what mends it')
    .argument('<advisory>', 'CVE, GHSA, DSA or any other name of it')
    .option('--at <time>', 'who ran it then: an instant or a date')
    .addOption(limitOption(20))
    .addOption(formatOption('table', 'json'))
    .action((name: string, options: { at?: string; limit: number; format: string }, command) =>
      withServices(context, command, async (services) => {
        const impact = await services.impact(name, {
          limit: options.limit,
          ...(options.at === undefined ? {} : { at: options.at }),
        });
        if (!impact) {
          printError(context.output, new Error(`no feed here knows "${name}"; see: portwarden feeds status`));
          return context.end(exitCode.unreadable);
        }
        if (options.format === 'json') return printJson(context.output, impact);
        await printImpact(context.output, impact);
      }),
    );
};

async function printImpact(output: Output, impact: Impact): Promise<void> {
  const { advisory, components, images, containers, hosts } = impact;
  const score = advisory.cvss ? `, CVSS ${advisory.cvss.score.toFixed(1)}` : '';
  const exploited = advisory.knownExploited ? ', known to be exploited' : '';
  output.out(printable(`${advisory.id}: ${advisory.title}`));
  output.out(
    printable(`${advisory.severity}${score}${exploited}; also ${advisory.aliases.join(', ') || 'nothing else'}`),
  );
  output.out(`${images.total} images have it, ${containers.total} containers run it`);
  if (hosts.length > 0) output.out(printable(`Machines with it among their own packages: ${hosts.join(', ')}`));
  const unsure = containers.undetermined + containers.unread;
  if (unsure > 0) output.out(`Of ${unsure} more containers it cannot be told`);
  await printSection(
    output,
    ['COMPONENT', 'SEVERITY', 'FIXED IN', 'KNOWN SINCE', 'IMAGES', 'RUNNING', ''],
    components.map((each) => [
      each.component,
      each.severity,
      each.fixedIn ?? '',
      each.since,
      each.images,
      each.running,
      [each.suppressed ? 'cleared' : '', each.evidence === 'installed' ? '' : each.evidence].join(' ').trim(),
    ]),
  );
  await printSection(
    output,
    ['IMAGE', 'RUNNING', 'BROUGHT BY', 'COMPONENT'],
    images.items.map((each) => [each.image, each.running, broughtBy(each), each.component]),
  );
  await printSection(
    output,
    ['CONTAINER', 'HOST', 'IMAGE', 'STARTED', 'ENDED'],
    containers.items.map((each) => [each.name, each.host, each.image, each.started, each.ended ?? '']),
  );
}

function broughtBy({ baseImage, layer }: Impact['images']['items'][number]): string {
  if (!baseImage) return `layer ${layer + 1}`;
  const base = baseImage.name ?? baseImage.digest ?? 'its base image';
  if (baseImage.brings === null) return `layer ${layer + 1}; ${base} was not read`;
  return baseImage.brings ? base : `layer ${layer + 1}, above ${base}`;
}

async function printSection(
  output: Output,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  if (rows.length === 0) return;
  output.out('');
  await printTable(output, head, rows);
}
