import { userInfo } from 'node:os';
import { Option } from 'commander';
import { launchGates, ticketStates } from '../../model/index.ts';
import type { LaunchDetail, LaunchListQuery, TicketAnswerInput, TicketView } from '../../model/wire/index.ts';
import { type AddVerb, type Context, endUnknown, formatOption, limitOption, withServices } from '../context.ts';
import { type Output, printJson, printTable } from '../output.ts';

interface ListOptions extends Pick<LaunchListQuery, 'outcome' | 'gate' | 'host'> {
  readonly observed?: boolean;
  readonly search?: string;
  readonly limit: number;
  readonly format: string;
}

/** `launches`, `explain` and `tickets`: what was decided of launches, why, and what waits for a person. */
export const addLaunches: AddVerb = (program, context) => {
  const { output } = context;
  program
    .command('launches')
    .description('what was decided of launches, the newest first')
    .addOption(new Option('--outcome <outcome>').choices(['allow', 'deny', 'undecided']))
    .addOption(new Option('--gate <gate>', 'who asked').choices([...launchGates]))
    .option('--host <name>')
    .option('--observed', 'those that a policy in mode observe let pass')
    .option('--search <text>', 'a part of the name of an image, or the start of an ID')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action((options: ListOptions, command) =>
      withServices(context, command, async ({ launches }) => {
        const { outcome, gate, host, observed, search: text, limit } = options;
        const given = { outcome, gate, host, observed, text };
        const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const page = await launches.list({ ...asked, limit });
        if (options.format === 'json') return printJson(output, page);
        const rows = page.items.map(({ id, at, gate, host, outcome, observed, containers, findings, cause }) => [
          id,
          at,
          gate,
          host,
          observed ? 'observed' : outcome,
          containers.map(({ image, name }) => image ?? name ?? '').join(' '),
          findings[0] ? `${findings[0].rule} ${findings[0].path}` : (cause ?? ''),
        ]);
        await printTable(output, ['ID', 'AT', 'GATE', 'HOST', 'OUTCOME', 'IMAGE', 'BECAUSE'], rows);
        if (page.total > page.items.length) output.err(`${page.total - page.items.length} more; see --limit`);
      }),
    );
  program
    .command('explain')
    .argument('<decision>', 'its ID, as the refusal names it')
    .description('why a launch was refused or let start, and what was asked')
    .addOption(formatOption('table', 'json'))
    .action((id: string, options: { format: string }, command) =>
      withServices(context, command, async ({ launches }) => {
        const detail = await launches.explain(id);
        if (!detail) return endUnknown(context, `there is no decision "${id}"`, 'launches');
        if (options.format === 'json') return printJson(output, detail);
        await printDetail(output, detail);
      }),
    );
  addTickets(program, context);
};

const addTickets: AddVerb = (program, context) => {
  const { output } = context;
  const tickets = program
    .command('tickets')
    .description('launches with inputs that nobody has seen, for a person to look at');
  tickets
    .command('list')
    .description('the newest first')
    .addOption(new Option('--state <state>').choices([...ticketStates]).default('open'))
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action((options: { state: TicketView['state']; limit: number; format: string }, command) =>
      withServices(context, command, async ({ launches }) => {
        const page = await launches.tickets({ state: options.state, limit: options.limit });
        if (options.format === 'json') return printJson(output, page);
        const rows = page.items.map(({ id, openedAt, host, who, image, state, answer, decision }) => {
          return [id, openedAt, host, who ?? '', image ?? '', state, answer?.until ?? '', decision];
        });
        await printTable(output, ['TICKET', 'OPENED', 'HOST', 'WHO', 'IMAGE', 'STATE', 'UNTIL', 'DECISION'], rows);
      }),
    );
  tickets
    .command('show')
    .argument('<ticket>')
    .description('what was asked, without its secrets, as JSON')
    .action((id: string, _options, command) =>
      withServices(context, command, async ({ launches }) => {
        const ticket = await launches.ticket(id);
        if (!ticket) return endUnknown(context, `there is no ticket "${id}"`, 'tickets list');
        printJson(output, ticket);
      }),
    );
  const answer = (verb: 'approve' | 'refuse', state: TicketAnswerInput['state'], description: string) =>
    tickets
      .command(verb)
      .argument('<ticket>')
      .description(description)
      .requiredOption('--reason <text>', 'for who reads it later')
      .action((id: string, given: Omit<TicketAnswerInput, 'state'>, command) =>
        withServices(context, command, ({ launches }) =>
          endAnswer(context, id, launches.answerTicket(id, { ...given, state }, userInfo().username)),
        ),
      );
  answer('approve', 'approved', 'let the same launch pass for a while').option(
    '--until <time>',
    '2030-01-31T00:00:00Z; 30 days unless said, a year at most',
  );
  answer('refuse', 'refused', 'keep the launch from starting');
};

async function endAnswer(context: Context, id: string, answering: Promise<TicketView | undefined>): Promise<void> {
  const ticket = await answering;
  if (!ticket) return endUnknown(context, `there is no ticket "${id}"`, 'tickets list');
  const until = ticket.answer?.until;
  context.output.out(`${id}: ${ticket.state}${until ? `; the same launch passes until ${until}` : ''}`);
}

async function printDetail(output: Output, detail: LaunchDetail): Promise<void> {
  const { id, at, gate, host, who, outcome, observed, cause, message, containers, findings, inputs, ticket } = detail;
  output.out(
    `${id} ${observed ? 'observed' : outcome}, ${at}, ${gate} gate of ${host}${who === null ? '' : `, asked by ${who}`}`,
  );
  for (const { name, action, image, standing, standingReason, contract } of containers) {
    const what = [action, name ?? '', image ?? ''].filter((part) => part !== '').join(' ');
    const why = standingReason === null ? '' : ` (${standingReason})`;
    output.out(`${what}: image ${standing}${why}${contract === null ? '' : `, contract ${contract}`}`);
  }
  if (cause !== null) output.out(`not decided: ${cause}`);
  if (findings.length > 0) {
    const rows = findings.map(({ rule, severity, path, evidence, title, excepted }) => {
      return [rule, severity, path, evidence || title, excepted ? `excepted: ${excepted.name}` : ''];
    });
    await printTable(output, ['RULE', 'SEVERITY', 'WHERE', 'WHAT', ''], rows);
    for (const remedy of new Set(findings.map((finding) => finding.remedy))) output.out(`- ${remedy}`);
  }
  if (inputs.length > 0) {
    const rows = inputs.map(({ path, place, name, kind, secret }) => [
      path,
      place,
      name ?? '',
      kind,
      secret ? 'secret' : '',
    ]);
    await printTable(output, ['INPUT', 'PLACE', 'NAME', 'KIND', ''], rows);
  }
  if (ticket !== null) output.out(`ticket: ${ticket}`);
  if (message !== '') output.out(`told: ${message}`);
}
