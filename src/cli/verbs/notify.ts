import { Option } from 'commander';
import { type Severity, severities, toldTrafficKinds } from '../../model/index.ts';
import type { NotificationInput, NotificationView } from '../../model/wire/index.ts';
import { type AddVerb, type Context, endUnknown, formatOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { printable, printJson, printTable } from '../output.ts';

interface AddOptions {
  readonly secret?: string;
  readonly kinds: NotificationInput['kinds'];
  readonly severity: Exclude<Severity, 'unknown'>;
  readonly runningOnly?: true;
  readonly format: string;
}

export const addNotify: AddVerb = (program, context) => {
  const notify = program.command('notify').description('who is told of what becomes known');
  notify
    .command('add')
    .argument('<name>')
    .argument('<kind>', 'webhook, slack or email')
    .argument('<address>', 'https://…, smtp://HOST?from=…&to=…, or where it is kept: env:NAME, file:/path')
    .option('--secret <where>', 'where the key is kept that signs webhooks: env:NAME or file:/path')
    .addOption(
      new Option('--kinds <kind...>', 'what to tell')
        .choices(['newly-affected', 'no-longer-affected', ...toldTrafficKinds])
        .default(['newly-affected', 'listed']),
    )
    .addOption(
      new Option('--severity <severity>', 'of changes, that bad or worse, or not rated')
        .choices(severities.filter((severity) => severity !== 'unknown'))
        .default('high'),
    )
    .option('--running-only', 'of changes, only what a running container has')
    .addOption(formatOption('table', 'json'))
    .description('tell somebody from now on of changes and of what passes, or change how')
    .action((id: string, kind: NotificationInput['kind'], address: string, options: AddOptions, command) =>
      withServices(context, command, async (services) => {
        const target = await services.notifications.put({
          id,
          kind,
          address,
          severity: options.severity,
          runningOnly: options.runningOnly ?? false,
          ...(options.kinds ? { kinds: options.kinds } : {}),
          ...(options.secret ? { secret: options.secret } : {}),
        });
        await printTargets(context, [target], options.format);
      }),
    );
  notify
    .command('list')
    .addOption(formatOption('table', 'json'))
    .description('every target, and whether it can be reached')
    .action((options: { format: string }, command) =>
      withServices(context, command, async (services) =>
        printTargets(context, await services.notifications.list(), options.format),
      ),
    );
  notify
    .command('test')
    .argument('<name>')
    .description('send a message that says it is a test, from here')
    .action((id: string, _options, command) =>
      withServices(context, command, async (services) => {
        const tested = await services.notifications.test(id);
        if (!tested) return noTarget(context, id);
        if (tested.delivered) return context.output.out(printable(tested.message));
        context.output.err(`portwarden: ${printable(tested.message)}`);
        context.end(exitCode.unreadable);
      }),
    );
  notify
    .command('remove')
    .argument('<name>')
    .description('tell somebody no more')
    .action((id: string, _options, command) =>
      withServices(context, command, async (services) => {
        if (!(await services.notifications.remove(id))) noTarget(context, id);
      }),
    );
};

function noTarget(context: Context, id: string): void {
  endUnknown(context, `there is no target "${id}"`, 'notify list');
}

async function printTargets(context: Context, targets: readonly NotificationView[], format: string): Promise<void> {
  if (format === 'json') return printJson(context.output, { items: targets });
  if (targets.length === 0)
    return context.output.out('nobody is told yet: portwarden notify add NAME webhook|slack|email ADDRESS');
  await printTable(
    context.output,
    ['NAME', 'KIND', 'ADDRESS', 'TOLD OF', 'FROM SEVERITY', 'STATE', 'BACKLOG', 'DELIVERED', 'LAST ERROR'],
    targets.map((target) => [
      target.id,
      target.kind,
      target.address,
      target.kinds.join(' '),
      target.severity,
      target.state,
      target.backlog,
      target.lastDelivered ?? '',
      target.lastError ?? '',
    ]),
  );
}
