import type { Command } from 'commander';
import type { ContractInput } from '../model/wire/index.ts';
import { type Context, endUnknown, formatOption, withServices } from './context.ts';
import { daysOption } from './days-option.ts';
import { printJson, printTable } from './output.ts';

/** `contract list` and `contract show`: contracts in force beside what was seen in recorded starts. */
export function addContractLists(contract: Command, context: Context): void {
  const { output } = context;
  contract
    .command('list')
    .description('contracts in force, how recorded starts fare by them, and images that start without one')
    .addOption(daysOption())
    .addOption(formatOption('table', 'json'))
    .action((options: { days: number; format: string }, command: Command) =>
      withServices(context, command, async ({ contracts }) => {
        const list = await contracts.list(options.days);
        if (options.format === 'json') return printJson(output, list);
        await printTable(
          output,
          ['CONTRACT', 'MODE', 'EFFECT', 'STARTS', 'WOULD REFUSE', 'UNLISTED', 'IMAGES'],
          list.items.map(({ name, mode, effect, starts, refuses, unlisted, images }) => [
            ...[name, mode, effect ?? '', String(starts), String(refuses), String(unlisted), images.join(' ')],
          ]),
        );
        for (const { image, starts, attested } of list.without)
          output.out(
            `${image}: ${starts} starts ${attested ? 'by the contract that came with it' : 'without a contract'}`,
          );
        if (!list.whole) output.err('only the newest starts were looked at; give fewer --days');
      }),
    );
  contract
    .command('show')
    .argument('<contract>', 'its name, or an image that it speaks of')
    .description('a contract beside what was seen of each input in recorded starts')
    .addOption(daysOption())
    .addOption(formatOption('table', 'json'))
    .addHelpText('after', '\nExample:\n  portwarden contract show registry.example/shop/cart --days 30')
    .action((name: string, options: { days: number; format: string }, command: Command) =>
      withServices(context, command, async ({ contracts }) => {
        const detail = await contracts.show(name, options.days);
        if (!detail) return endUnknown(context, `no contract is called or speaks of ${name}`, 'contract list');
        if (options.format === 'json') return printJson(output, detail);
        const { sight } = detail;
        output.out(
          `${detail.name}, mode ${detail.mode}: of ${sight.starts} starts in ${sight.days} days it would refuse ${sight.refuses}`,
        );
        await printTable(
          output,
          ['PLACE', 'NAME', 'LISTED', 'STARTS', 'SEEN AS', 'AGAINST IT'],
          sight.inputs.map((input) => [
            input.place,
            input.name === '' ? '(no flag)' : input.name,
            input.listed ? 'yes' : 'no',
            String(input.seen?.starts ?? 0),
            seenAs(input),
            input.unfit.map(({ evidence, starts }) => `${evidence} (${starts})`).join('; '),
          ]),
        );
        for (const { id, count, image, findings } of sight.refused)
          output.out(
            `${id} ${image}${count > 1 ? ` ${count} times` : ''}: ${findings.map(({ path }) => path).join(', ')}`,
          );
        if (!sight.whole) output.err('only the newest starts were looked at; give fewer --days');
      }),
    );
}

function seenAs({ seen }: ContractInput): string {
  if (!seen) return 'never seen';
  const kinds = seen.kinds.map(({ kind }) => kind).join(', ');
  return seen.secret ? `${kinds}, secret` : kinds;
}
