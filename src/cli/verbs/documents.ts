import { userInfo } from 'node:os';
import type { DocumentPlan } from '../../model/wire/index.ts';
import { type AddVerb, type Context, endUnknown, formatOption, withServices } from '../context.ts';
import { daysOption } from '../days-option.ts';
import { exitCode } from '../exit-code.ts';
import { type Output, printJson, printTable } from '../output.ts';
import { readFiles } from '../read-files.ts';

const isOfTraffic = ({ kind, change }: DocumentPlan['changes'][number]) =>
  change !== 'none' && (kind === 'SecurityGroup' || kind === 'AddressList');

interface FileOptions {
  readonly file: readonly string[];
  readonly format: 'table' | 'json';
}

/** `apply`, `plan` and `documents`: what is trusted and what is refused, as files. */
export const addDocuments: AddVerb = (program, context) => {
  const { output } = context;
  const files = (verb: string, description: string) =>
    program
      .command(verb)
      .description(description)
      .requiredOption(
        '-f, --file <path...>',
        'files of documents, or directories of .yaml, .yml and .json files; - reads standard input',
      )
      .addOption(formatOption('table', 'json'));

  files(
    'plan',
    'show what applying documents would change, and which images and launches of the last days that would turn',
  )
    .addOption(daysOption())
    .addHelpText('after', '\nExit status: 0 nothing would be refused that passes today, 1 something would.')
    .action(async (options: FileOptions & { readonly days: number }, command) => {
      const given = await readFiles(options.file);
      const [plan, traffic] = await withServices(context, command, async ({ documents, groups }) => {
        const planned = await documents.plan(given, options.days);
        return [planned, planned.changes.some(isOfTraffic) ? await groups.plan(given) : undefined];
      });
      if (options.format === 'json') printJson(output, traffic ? { ...plan, traffic } : plan);
      else {
        await printPlan(output, plan, options.format);
        if (traffic) await (await import('../report/print-groups.ts')).printGroupPlan(output, traffic);
      }
      if (refusesMore(plan.effects) || (traffic?.broken.length ?? 0) > 0) context.end(exitCode.refused);
    });

  files('apply', 'put documents in force, all or none').action(async (options: FileOptions, command) => {
    const given = await readFiles(options.file);
    const plan = await withServices(context, command, ({ documents }) => documents.apply(given, userInfo().username));
    await printPlan(output, plan, options.format);
  });

  const documents = program.command('documents').description('documents that are in force, and their schemas');
  documents
    .command('list')
    .description('documents that are in force')
    .addOption(formatOption('table', 'json'))
    .action((options: { format: string }, command) =>
      withServices(context, command, async (services) => {
        const items = await services.documents.list();
        if (options.format === 'json') return printJson(output, { items });
        const rows = items.map(({ kind, name, state, appliedAt, appliedBy }) => [
          kind,
          name,
          state ?? '',
          appliedAt,
          appliedBy,
        ]);
        await printTable(output, ['KIND', 'NAME', 'STATE', 'APPLIED', 'BY'], rows);
      }),
    );
  documents
    .command('show')
    .argument('<kind>')
    .argument('<name>')
    .description('a document as YAML')
    .action((kind: string, name: string, _options, command) =>
      withServices(context, command, async (services) => {
        const found = (await services.documents.list()).find((each) => each.kind === kind && each.name === name);
        if (!found) return endUnknown(context, `there is no ${kind} "${name}"`, 'documents list');
        const { formatDocument } = await import('../../policy/index.ts');
        output.out(formatDocument(found.document as unknown as Parameters<typeof formatDocument>[0]).trimEnd());
      }),
    );
  documents
    .command('remove')
    .argument('<kind>')
    .argument('<name>')
    .description('take a document out of force')
    .action((kind: string, name: string, _options, command) =>
      withServices(context, command, async (services) => {
        if (!(await services.documents.remove(kind, name, userInfo().username)))
          endUnknown(context, `there is no ${kind} "${name}"`, 'documents list');
      }),
    );
  documents
    .command('digest')
    .argument('<file>', 'of Exception documents')
    .description('what whoever approves an exception puts into approved.digest')
    .action(async (file: string) => {
      const { exceptionDigest, parseDocuments } = await import('../../policy/index.ts');
      for (const { name, text } of await readFiles([file])) {
        for (const document of parseDocuments(text, name)) {
          if (document.kind === 'Exception') output.out(`${document.metadata.name} ${exceptionDigest(document)}`);
        }
      }
    });
  documents
    .command('schema')
    .argument(
      '<kind>',
      'Registry, TrustRoot, ImagePolicy, LaunchPolicy, InputContract, SecurityGroup, AddressList or Exception',
    )
    .description('the JSON Schema of a kind, for editors')
    .action(async (kind: string) => endWithSchema(context, kind));
};

/** Something that may be had or start today could not any more. */
function refusesMore({ turned, launches }: DocumentPlan['effects']): boolean {
  const isRefused = (to: string) => to === 'deny' || to === 'undecided';
  return (
    turned.some(({ from, to }) => from === 'certified' && to !== 'certified') ||
    launches.turned.some(({ from, to }) => !isRefused(from) && isRefused(to))
  );
}

async function endWithSchema(context: Context, kind: string): Promise<void> {
  const { documentKinds, documentSchema } = await import('../../policy/index.ts');
  if (Object.hasOwn(documentKinds, kind)) {
    return printJson(context.output, documentSchema(kind as keyof typeof documentKinds));
  }
  endUnknown(context, `there is no kind "${kind}": ${Object.keys(documentKinds).join(', ')}`, 'documents --help');
}

async function printPlan(
  output: Output,
  { changes, effects }: DocumentPlan,
  format: FileOptions['format'],
): Promise<void> {
  if (format === 'json') return printJson(output, { changes, effects });
  const words = { create: 'new', change: 'changed', none: 'unchanged' } as const;
  await printTable(
    output,
    ['KIND', 'NAME', ''],
    changes.map(({ kind, name, change }) => [kind, name, words[change]]),
  );
  await printReplay(output, effects.launches);
  if (effects.images === 0) return;
  output.out(`${effects.images} images held against it, ${effects.turned.length} would turn`);
  const rows = effects.turned.map(({ image, from, to, because }) => [image, `${from} -> ${to}`, because[0] ?? '']);
  if (rows.length > 0) await printTable(output, ['IMAGE', 'TURNS', 'BECAUSE'], rows);
}

async function printReplay(
  output: Output,
  { since, replayed, turned }: DocumentPlan['effects']['launches'],
): Promise<void> {
  if (replayed === 0) return;
  output.out(`${replayed} launches since ${since} held against it, ${turned.length} would turn`);
  const rows = turned.map(({ id, image, from, to, because, count }) => [
    id,
    image,
    count,
    `${from} -> ${to}`,
    because[0] ?? '',
  ]);
  if (rows.length > 0) await printTable(output, ['LAUNCH', 'IMAGE', 'TIMES', 'TURNS', 'BECAUSE'], rows);
}
