import type { ProbeReport } from '../../model/index.ts';
import type {
  ConnectionExplanation,
  FlowPage,
  FlowRecordingView,
  FlowView,
  GroupDetail,
  GroupDraft,
  GroupList,
  GroupPlan,
  NetworkView,
  PlannedEdge,
  TrafficRemarkView,
} from '../../model/wire/index.ts';
import type { PlatformComparison } from '../../service/index.ts';
import { type Output, printable, printTable } from '../output.ts';

export async function printGroups(
  output: Output,
  { items, denyLists, ungrouped, outOfReach }: GroupList,
  networks: readonly NetworkView[],
): Promise<void> {
  if (items.length === 0) output.out('There are no groups; portwarden groups suggest drafts some from what was seen.');
  else {
    const rows = items.map(({ name, mode, isDefault, members, rules, lastDay }) => [
      name,
      isDefault ? `${mode}, default` : mode,
      members,
      `${rules.inbound}/${rules.outbound}`,
      lastDay.allowed,
      lastDay.refused,
      lastDay.observed,
    ]);
    await printTable(output, ['GROUP', 'MODE', 'MEMBERS', 'IN/OUT', 'ALLOWED', 'REFUSED', 'OBSERVED'], rows);
  }
  for (const { name, blocks, problem } of denyLists) {
    output.out(printable(`deny list ${name}: ${blocks} blocks${problem === null ? '' : `; ${problem}`}`));
  }
  if (ungrouped > 0) output.out(`${ungrouped} containers are in no group but the default`);
  if (outOfReach > 0) output.out(`${outOfReach} containers have traffic that no rule holds for:`);
  for (const { host, outOfReach: containers } of networks)
    for (const { name, message } of containers) output.out(printable(`  ${name} on ${host}: ${message}`));
  for (const { host, state, message, waiting } of networks) {
    const closed = waiting > 0 ? `; ${waiting} containers are closed until their place is known` : '';
    output.out(printable(`${host}: ${words[state]}${message === null ? '' : `: ${message}`}${closed}`));
  }
  printRemarks(
    output,
    items.flatMap(({ remarks }) => remarks),
  );
}

const words: Readonly<Record<NetworkView['state'], string>> = {
  'in-force': 'rules hold',
  idle: 'no groups, no rules',
  off: 'no rules hold, it is off',
  failed: 'rules could not be made to hold',
  unknown: 'not known what holds',
};

export async function printGroup(output: Output, group: GroupDetail): Promise<void> {
  const { name, mode, isDefault, members, containers, moreContainers, rulesInForce, edges, nodes } = group;
  output.out(printable(`${name}: mode ${mode}${isDefault ? ', default' : ''}, ${members} members`));
  const rows = containers.map((one) => [one.name, one.id.slice(0, 12), one.host, one.image, one.groups.join(', ')]);
  if (rows.length > 0) await printTable(output, ['MEMBER', 'ID', 'HOST', 'IMAGE', 'GROUPS'], rows);
  if (moreContainers > 0) output.out(`and ${moreContainers} more`);
  const rules = rulesInForce.map(({ path, peers, connections, lastDay, lastSeen }) => [
    path,
    peers.join(', '),
    connections,
    lastDay.allowed + lastDay.observed,
    lastSeen ?? 'never',
  ]);
  if (rules.length > 0) await printTable(output, ['RULE', 'PEERS', 'CONNECTIONS', 'LAST DAY', 'LAST SEEN'], rules);
  const names = new Map(nodes.map((node) => [node.id, node.name]));
  const lines = edges.map(({ from, to, connections, attempts }) => [
    names.get(from) ?? from,
    names.get(to) ?? to,
    connections,
    attempts.allowed,
    attempts.refused,
  ]);
  if (lines.length > 0) await printTable(output, ['FROM', 'TO', 'CONNECTIONS', 'ALLOWED', 'REFUSED'], lines);
  printRemarks(output, group.remarks);
}

export async function printReach(
  output: Output,
  edges: readonly { readonly src: string; readonly dst: string; readonly connections: string }[],
  remarks: readonly TrafficRemarkView[],
): Promise<void> {
  if (edges.length === 0) output.out('Nobody reaches anybody.');
  else
    await printTable(
      output,
      ['FROM', 'TO', 'CONNECTIONS'],
      edges.map(({ src, dst, connections }) => [src, dst, connections]),
    );
  printRemarks(output, remarks);
}

export function printExplanation(output: Output, { message }: ConnectionExplanation): void {
  output.out(printable(message));
}

export async function printGroupPlan(output: Output, plan: GroupPlan): Promise<void> {
  const { opened, closed, moreEdges, broken, moreBroken, recordings, remarks } = plan;
  if (opened.length + closed.length === 0) output.out('Opens and closes nothing between containers that run now.');
  else {
    const row = (sign: string) => (edge: PlannedEdge) => [
      sign,
      edge.from.name,
      edge.to.name,
      edge.connections,
      edge.sources.map(({ document, path }) => `${document} ${path}`).join(', '),
    ];
    await printTable(
      output,
      ['', 'FROM', 'TO', 'CONNECTIONS', 'BY'],
      [...opened.map(row('opens')), ...closed.map(row('closes'))],
    );
    if (moreEdges > 0) output.out(`and ${moreEdges} more`);
  }
  if (broken.length > 0) {
    output.out(`${broken.length + moreBroken} kinds of recorded connections would break:`);
    await printTable(output, flowHead, broken.map(flowRow));
  } else if (recordings.length > 0) output.out('No recorded connection would break.');
  printRecordings(output, recordings);
  printRemarks(output, remarks);
}

const flowHead = ['FROM', 'TO', 'PORT', 'OUTCOME', 'ATTEMPTS', 'LAST', 'HOST'];

function flowRow(flow: FlowView): readonly (string | number)[] {
  const { container, direction, peer, protocol, port, outcome, attempts, last, host, listed } = flow;
  const own = container.groups.length > 0 ? `${container.name} (${container.groups.join(', ')})` : container.name;
  const ends = direction === 'outbound' ? [own, peerText(peer)] : [peerText(peer), own];
  const what = listed === null ? outcome : `${outcome}, on deny list ${listed}`;
  return [...ends, `${protocol}/${port}`, what, attempts, last, host];
}

function peerText({ kind, container, address, name }: FlowView['peer']): string {
  if (container)
    return container.groups.length > 0 ? `${container.name} (${container.groups.join(', ')})` : container.name;
  if (address !== null) return name === null ? address : `${name} (${address})`;
  return kind === 'host' ? 'the host' : 'others';
}

export async function printFlows(output: Output, { items, total, recordings }: FlowPage): Promise<void> {
  if (items.length === 0) output.out('Nothing was seen.');
  else await printTable(output, flowHead, items.map(flowRow));
  if (total > items.length) output.out(`${items.length} of ${total}; --limit shows more`);
  printRecordings(output, recordings);
}

/** The documents to standard output, what to look at first to standard error: so that a file takes the one alone. */
export function printDraft(output: Output, { text, groups, flows, recordings, remarks }: GroupDraft): void {
  output.out(text.trimEnd());
  output.err(`${groups} groups from ${flows} kinds of connections; they observe until mode says enforce`);
  for (const remark of remarks) output.err(`- ${remark}`);
  for (const line of recordingLines(recordings)) output.err(line);
}

export async function printComparison(
  output: Output,
  { onlyFirst, onlySecond, unknownToFirst, unknownToSecond }: PlatformComparison,
  [first, second]: readonly [string, string],
): Promise<void> {
  const rows = [
    ...onlyFirst.map(({ from, to, connections }) => [first, from, to, connections]),
    ...onlySecond.map(({ from, to, connections }) => [second, from, to, connections]),
  ];
  if (rows.length > 0) await printTable(output, ['ALLOWED BY', 'FROM', 'TO', 'CONNECTIONS'], rows);
  if (unknownToSecond.length > 0) output.out(printable(`Only in ${first}: ${unknownToSecond.join(', ')}`));
  if (unknownToFirst.length > 0) output.out(printable(`Only in ${second}: ${unknownToFirst.join(', ')}`));
  if (rows.length + unknownToFirst.length + unknownToSecond.length === 0) output.out('Both allow the same.');
}

export async function printProbes(output: Output, report: ProbeReport): Promise<void> {
  const { agreed, disagreed, untried, left, names } = report;
  const nameOf = (id: string, address: string): string => `${names[id] ?? id} (${address})`;
  if (disagreed.length > 0) {
    const rows = disagreed.map(({ probe, seen, why }) => [
      nameOf(probe.from, probe.source),
      nameOf(probe.to, probe.destination),
      `${probe.protocol}/${probe.port}`,
      probe.expected,
      seen,
      why ?? '',
    ]);
    await printTable(output, ['FROM', 'TO', 'PORT', 'EXPECTED', 'SEEN', ''], rows);
  }
  if (report.results.length === 0)
    return output.out('There is nothing to try: no two containers of this host are in reach of groups.');
  output.out(
    `${agreed} attempts went as the rules say, ${disagreed.length} did not, ${untried.length} could not be tried`,
  );
  for (const why of new Set(untried.map((result) => result.why ?? 'unknown why')))
    output.out(printable(`- not tried: ${why}`));
  for (const reason of new Set(left.map((pair) => pair.reason))) output.out(printable(`- left out: ${reason}`));
}

interface PrintedRemark extends Pick<TrafficRemarkView, 'kind' | 'message'> {
  readonly source: { readonly document: string; readonly path: string; readonly at?: string | null };
}

export function printRemarks(output: Output, remarks: readonly PrintedRemark[]): void {
  for (const { kind, source, message } of remarks) {
    const at = source.at ? ` (${source.at})` : '';
    output.err(`${kind}: ${source.document} ${source.path}${at}: ${message}`);
  }
}

function printRecordings(output: Output, recordings: readonly FlowRecordingView[]): void {
  for (const line of recordingLines(recordings)) output.out(printable(line));
}

function recordingLines(recordings: readonly FlowRecordingView[]): readonly string[] {
  if (recordings.length === 0) return ['Nothing was recorded yet: what happens is not known.'];
  return recordings.map(
    ({ host, from, to, overflowed }) =>
      `${host} was recorded from ${from} to ${to}${overflowed ? ', not all of it' : ''}; what was not seen may still happen`,
  );
}
