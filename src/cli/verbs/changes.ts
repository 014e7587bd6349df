import { Option } from 'commander';
import { type Severity, severities } from '../../model/index.ts';
import { type AddVerb, formatOption, limitOption, withServices } from '../context.ts';
import { printJson, printTable } from '../output.ts';

interface ChangesOptions {
  readonly since?: string;
  readonly kind?: 'newly-affected' | 'no-longer-affected';
  readonly severity?: Exclude<Severity, 'unknown'>;
  readonly limit: number;
  readonly format: string;
}

export const addChanges: AddVerb = (program, context) => {
  program
    .command('changes')
    .description('what became known of what is here since it was judged first')
    .option('--since <time>', 'an instant, a date, or how long ago: 7d, 12h')
    .addOption(new Option('--kind <kind>', 'one of them').choices(['newly-affected', 'no-longer-affected']))
    .addOption(
      new Option('--severity <severity>', 'that bad or worse, or not rated').choices(
        severities.filter((severity) => severity !== 'unknown'),
      ),
    )
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action(({ since, kind, severity, limit, format }: ChangesOptions, command) =>
      withServices(context, command, async (services) => {
        const page = await services.changes({
          limit,
          ...(since === undefined ? {} : { since: fromAge(since) }),
          ...(kind ? { kind } : {}),
          ...(severity ? { severity } : {}),
        });
        if (format === 'json') return printJson(context.output, page);
        await printTable(
          context.output,
          ['WHEN', 'CHANGE', 'ADVISORY', 'SEVERITY', 'COMPONENT', 'FIXED IN', 'IMAGES', 'RUNNING'],
          page.items.map((change) => [
            change.at,
            change.kind,
            change.advisory,
            change.severity,
            change.evidence === 'installed' ? change.component : `${change.component} (${change.evidence})`,
            change.fixedIn ?? '',
            change.images,
            change.running,
          ]),
        );
        if (page.items.length < page.total) {
          context.output.err(`${page.items.length} of ${page.total} are shown (--limit)`);
        }
      }),
    );
};

const lengths = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** `7d` as the instant that long ago; any other text as it is. */
function fromAge(text: string): string {
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count === undefined) return text;
  return new Date(Date.now() - Number(count) * lengths[unit as keyof typeof lengths]).toISOString();
}
