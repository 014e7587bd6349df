import type { RegistryCell, RegistryDiff } from '../../model/wire/index.ts';
import { type AddVerb, type Context, formatOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printJson, printTable } from '../output.ts';
import { createProgress } from '../progress.ts';

interface DiffOptions {
  readonly registry: readonly string[];
  readonly format: string;
}

/** `registries list` and `registries diff`. */
export const addRegistries: AddVerb = (program, context) => {
  const { output, signal } = context;
  const registries = program
    .command('registries')
    .description('the registries that have a document, and what differs between them');
  registries
    .command('list')
    .description('each with the hosts of its gate, what it trusts, and whether it answers now')
    .addOption(formatOption('table', 'json'))
    .action((options: { format: string }, command) =>
      withServices(context, command, async (services) => {
        const list = await services.registries.list(signal);
        if (options.format === 'json') return printJson(output, list);
        await printTable(
          output,
          ['NAME', 'HOST', 'GATE', 'TRUSTED', 'REACHABLE'],
          list.items.map(({ name, host, gates, trusted, reachable, message }) => {
            return [name, host, gates.join(' '), trusted.join(' '), reachable ? 'yes' : `no: ${message}`];
          }),
        );
      }),
    );
  registries
    .command('diff')
    .description('where the same tag is not the same in all registries')
    .argument('[repository...]', 'paths, the same in each registry; all that have certified tags unless said')
    .option('--registry <name>', 'only these: names of Registry documents, or hosts', collect, [])
    .addOption(formatOption('table', 'json'))
    .addHelpText(
      'after',
      '\nExit status: 0 the same everywhere, 1 something differs, 3 nothing differs and something could not be looked at.',
    )
    .action((repositories: readonly string[], options: DiffOptions, command) =>
      withServices(context, command, async (services) => {
        const query = {
          ...(repositories.length > 0 ? { repository: [...repositories] } : {}),
          ...(options.registry.length > 0 ? { registry: [...options.registry] } : {}),
        };
        const progress = createProgress(output, 'comparing repositories', String);
        const diff = await services.registries
          .diff(query, signal, ({ done, total, repository, looked }) =>
            progress.update(done, total, `${repository}, ${looked} tags looked at`),
          )
          .finally(() => progress.done());
        if (options.format === 'json') printJson(output, diff);
        else await printDiff(context, diff);
        if (diff.different > 0) context.end(exitCode.refused);
        else if (diff.unknown > 0 || diff.left !== null) context.end(exitCode.unreadable);
      }),
    );
};

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Lines about single tags that could not be looked at; the rest is counted. */
const mostLines = 20;

/** What is the same everywhere is counted alone; a registry that does not answer is told once for a repository. */
async function printDiff({ output }: Context, diff: RegistryDiff): Promise<void> {
  const { registries, rows, failures, different, unknown, left } = diff;
  const failed = new Set(failures.map(({ registry, repository }) => `${registry} ${repository}`));
  const unseen = rows.flatMap(({ repository, tag, cells }) =>
    cells.flatMap(({ message }, at) => {
      const registry = registries[at]?.name ?? '';
      const isTold = failed.has(`${registry} ${repository}`);
      return message === null || isTold ? [] : [{ what: `${repository}:${tag}`, registry, message }];
    }),
  );
  const shown = new Set(unseen.map(({ what }) => what));
  const told = rows.filter((row) => row.differences.length > 0 || shown.has(`${row.repository}:${row.tag}`));
  if (told.length > 0) {
    await printTable(
      output,
      ['REPOSITORY:TAG', ...registries.map(({ name }) => name), 'DIFFERENCES'],
      told.map(({ repository, tag, cells, differences }) => [
        `${repository}:${tag}`,
        ...cells.map(cellText),
        differences.map(({ message }) => message).join('; '),
      ]),
    );
  }
  const all = [...failures.map(({ repository, ...rest }) => ({ what: repository, ...rest })), ...unseen];
  for (const { what, registry, message } of all.slice(0, mostLines)) {
    output.err(`could not look at ${what} in ${registry}: ${message}`);
  }
  if (all.length > mostLines) output.err(`could not look at ${all.length - mostLines} more (--format json)`);
  if (left !== null) output.err(`not compared: ${left}`);
  const where = `${rows.length} tags in ${registries.map(({ name }) => name).join(', ')}`;
  output.err(`${where}: ${different} differ${unknown > 0 ? ', and not everything could be looked at' : ''}`);
}

function cellText({ state, digest, certificate, signed, message }: RegistryCell): string {
  if (state !== 'present') return state;
  const words = [digest?.slice(7, 19), certificate, signed === null ? null : signed ? 'signed' : 'unsigned'];
  return [...words, message === null ? null : '(not wholly looked at)'].filter((word) => word != null).join(' ');
}
