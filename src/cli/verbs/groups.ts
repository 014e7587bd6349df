import { type Command, InvalidArgumentError, Option } from 'commander';
import { addressesOf } from '../../base/index.ts';
import type { TrafficProtocol } from '../../model/index.ts';
import { type AddVerb, type Context, endUnknown, formatOption, limitOption, withServices } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { addHostGroups } from '../host-groups.ts';
import { type MemberBlocks, membersOption } from '../member-blocks.ts';
import { printJson } from '../output.ts';
import { readFiles } from '../read-files.ts';
import { addRenderGroups } from '../render-groups.ts';

type Printed = { readonly format: 'table' | 'json' };

/** `groups`: who may talk to whom, who did, and what a change would do. */
export const addGroups: AddVerb = (program, context) => {
  const groups = program.command('groups').description('security groups: who may talk to whom');
  addLists(groups, context);
  addQuestions(groups, context);
  addTraffic(groups, context);
  addRenderGroups(groups, context);
  addHostGroups(groups, context);
};

const loadPrint = () => import('../report/print-groups.ts');

function addLists(groups: Command, context: Context): void {
  const { output } = context;
  groups
    .command('list')
    .description('groups with their members and what was tried in the last day, and what holds on each host')
    .addOption(formatOption('table', 'json'))
    .action(({ format }: Printed, command) =>
      withServices(context, command, async ({ groups: service }) => {
        const [list, { items: networks }] = await Promise.all([service.list(), service.networks()]);
        if (format === 'json') return printJson(output, { ...list, networks });
        await (await loadPrint()).printGroups(output, list, networks);
      }),
    );
  groups
    .command('show')
    .argument('<name>')
    .description('one group: its members, its rules with what they let pass, and whom it reaches')
    .addOption(formatOption('table', 'json'))
    .action((name: string, { format }: Printed, command) =>
      withServices(context, command, async ({ groups: service }) => {
        const group = await service.show(name);
        if (!group) return endUnknown(context, `there is no group "${name}"`, 'groups list');
        if (format === 'json') return printJson(output, group);
        await (await loadPrint()).printGroup(output, group);
      }),
    );
}

interface ReachOptions extends Printed {
  readonly host?: string;
  readonly from?: string;
  readonly to?: string;
  readonly members?: MemberBlocks;
}
interface DiffOptions extends Printed {
  readonly members?: MemberBlocks;
}
interface ExplainOptions extends Printed {
  readonly in?: string;
  readonly members?: MemberBlocks;
}

function addQuestions(groups: Command, context: Context): void {
  const { output, signal } = context;
  groups
    .command('reach')
    .argument(
      '[of]',
      'folder or file of Kubernetes manifests; aws:FILE, google:FILE, azure:FILE; "live", or nothing, is what holds on the hosts',
      'live',
    )
    .addOption(membersOption())
    .option('--host <name>', 'of one host alone')
    .option('--from <name>', 'edges from there alone')
    .option('--to <name>', 'edges to there alone')
    .description('who can reach whom, over which ports')
    .addOption(formatOption('table', 'json'))
    .addHelpText('after', '\nOf files it needs no server and no store.')
    .action(async (of: string, { format, host, from, to, members }: ReachOptions, command) => {
      const reach = of === 'live' ? await reachLive(context, command, host) : await reachFiles(of, signal, members);
      const edges = reach.edges.filter(
        ({ src, dst }) => (from === undefined || src === from) && (to === undefined || dst === to),
      );
      if (format === 'json') return printJson(output, { edges, remarks: reach.remarks });
      await (await loadPrint()).printReach(output, edges, reach.remarks);
    });
  groups
    .command('explain')
    .argument('<from>', 'container, group or address')
    .argument('<to>', 'container, group, address or DNS name')
    .argument('<port>', '443, tcp/443, udp/53, icmp/8', parsePort)
    .option(
      '--in <files>',
      'by the Kubernetes manifests of a folder, or by aws:FILE, google:FILE or azure:FILE, not by what holds on the hosts',
    )
    .addOption(membersOption())
    .description('how one connection fares, and by which rules')
    .addOption(formatOption('table', 'json'))
    .action(async (from: string, to: string, at: Port, { format, in: files, members }: ExplainOptions, command) => {
      const query = { from, to, ...at };
      const answer =
        files === undefined
          ? await explainLive(context, command, query)
          : await explainIn(files, query, { signal, members });
      if (format === 'json') return printJson(output, answer);
      (await loadPrint()).printExplanation(output, answer);
    });
  groups
    .command('plan')
    .requiredOption('-f, --file <path...>', 'files of documents, or directories of them; - reads standard input')
    .description('what documents would open and close, and which recorded connections would break')
    .addOption(formatOption('table', 'json'))
    .addHelpText('after', '\nExit status: 0 nothing that was recorded would break, 1 something would.')
    .action(async ({ file, format }: Printed & { readonly file: readonly string[] }, command) => {
      const files = await readFiles(file);
      const plan = await withServices(context, command, ({ groups: service }) => service.plan(files));
      if (format === 'json') printJson(output, plan);
      else await (await loadPrint()).printGroupPlan(output, plan);
      if (plan.broken.length > 0) context.end(exitCode.refused);
    });
  groups
    .command('diff')
    .argument('<first>', 'live, k8s:DIR, groups:FILE, aws:FILE, google:FILE or azure:FILE')
    .argument('<second>', 'the same')
    .addOption(membersOption())
    .description('where two platforms differ in what they allow, between parties of the same name')
    .addOption(formatOption('table', 'json'))
    .addHelpText('after', '\nExit status: 0 they allow the same, 1 they differ.')
    .action(async (first: string, second: string, { format, members }: DiffOptions, command) => {
      const { comparePlatforms } = await import('../../service/index.ts');
      const read = (text: string) => readSide(text, context, command, members);
      const [a, b] = [await read(first), await read(second)];
      const comparison = comparePlatforms(a.models, b.models, addressesOf(members?.values() ?? []));
      const { onlyFirst, onlySecond, unknownToFirst, unknownToSecond } = comparison;
      const remarks = [...a.remarks, ...b.remarks];
      if (format === 'json') printJson(output, { ...comparison, remarks });
      else {
        const { printComparison, printRemarks } = await loadPrint();
        printRemarks(output, remarks);
        await printComparison(output, comparison, [first, second]);
      }
      const all = [onlyFirst, onlySecond, unknownToFirst, unknownToSecond];
      if (all.some(({ length }) => length > 0)) context.end(exitCode.refused);
    });
}

interface FlowOptions extends Printed {
  readonly refused: boolean;
  readonly observed?: true;
  readonly new: boolean;
  readonly group?: string;
  readonly container?: string;
  readonly host?: string;
  readonly since?: string;
  readonly limit: number;
}

function addTraffic(groups: Command, context: Context): void {
  const { output } = context;
  groups
    .command('flows')
    .description('connections of containers that were seen, the latest first')
    .option('--refused', 'those that were refused', false)
    .addOption(
      new Option('--observed', 'those that passed, and are refused once their groups enforce').conflicts('refused'),
    )
    .option('--new', 'those seen for the first time since then; without --since, today', false)
    .option('--group <name>', 'with members of a group')
    .option('--container <name>', 'of one container, by name or the start of its ID')
    .option('--host <name>', 'on one host')
    .option('--since <time>', 'seen since: 2026-03-01, or 2026-03-01T12:00:00Z')
    .addOption(limitOption(100))
    .addOption(formatOption('table', 'json'))
    .action(({ format, refused, observed, new: isNew, limit, ...filter }: FlowOptions, command) =>
      withServices(context, command, async ({ groups: service }) => {
        const page = await service.flows({
          ...filter,
          ...(refused ? { outcome: 'refused' as const } : {}),
          ...(observed ? { outcome: 'observed' as const } : {}),
          ...(isNew ? { new: true } : {}),
          limit,
        });
        if (format === 'json') return printJson(output, page);
        await (await loadPrint()).printFlows(output, page);
      }),
    );
  groups
    .command('suggest')
    .description('groups as recorded connections would have them, for a person to cut down')
    .option('--host <name>', 'from one host')
    .option('--project <name>', 'for one compose project')
    .option('--since <time>', 'from what was seen since')
    .addOption(formatOption('table', 'json'))
    .action(({ format, ...query }: Printed & { host?: string; project?: string; since?: string }, command) =>
      withServices(context, command, async ({ groups: service }) => {
        const draft = await service.suggest(query);
        if (format === 'json') return printJson(output, draft);
        (await loadPrint()).printDraft(output, draft);
      }),
    );
}

interface Port {
  readonly protocol: TrafficProtocol;
  readonly port: number;
}

function parsePort(text: string): Port {
  const [, protocol = 'tcp', port = ''] = /^(?:(tcp|udp|sctp|icmp)\/)?(\d{1,5})$/.exec(text.toLowerCase()) ?? [];
  if (port === '' || Number(port) > 65_535) throw new InvalidArgumentError('Write 443, tcp/443, udp/53 or icmp/8.');
  return { protocol: protocol as TrafficProtocol, port: Number(port) };
}

/** Between groups and what is outside: between containers there may be a hundred million. */
async function reachLive(context: Context, command: Command, host: string | undefined) {
  const [map, list] = await withServices(context, command, ({ groups: service }) =>
    Promise.all([service.map(host === undefined ? {} : { host }), service.list()]),
  );
  const names = new Map(map.nodes.map(({ id, name }) => [id, name]));
  const edges = map.edges
    .filter(({ connections }) => connections !== 'none')
    .map(({ from, to, connections }) => ({ src: names.get(from) ?? from, dst: names.get(to) ?? to, connections }));
  return { edges, remarks: list.items.flatMap(({ remarks }) => remarks) };
}

type Query = { readonly from: string; readonly to: string } & Port;

function explainLive(context: Context, command: Command, query: Query) {
  return withServices(context, command, ({ groups: service }) => service.explain(query));
}

async function explainIn(
  text: string,
  query: Query,
  { signal, members }: { readonly signal: AbortSignal; readonly members: MemberBlocks | undefined },
) {
  const [{ readPlatform }, { explainConnection }] = await Promise.all([
    import('../read-platform.ts'),
    import('../../service/index.ts'),
  ]);
  return explainConnection((await readPlatform(text, { signal, members, bare: 'k8s' })).models, query);
}

async function reachFiles(text: string, signal: AbortSignal, members: MemberBlocks | undefined) {
  return (await import('../read-platform.ts')).reachFiles(text, { signal, members, bare: 'k8s' });
}

async function readSide(text: string, context: Context, command: Command, members: MemberBlocks | undefined) {
  if (text !== 'live') {
    const { signal } = context;
    return (await import('../read-platform.ts')).readPlatform(text, { signal, members });
  }
  const { hosts } = await withServices(context, command, ({ groups: service }) => service.scene());
  return { models: hosts.map(({ host, model }) => ({ name: host, model })), remarks: [] };
}
