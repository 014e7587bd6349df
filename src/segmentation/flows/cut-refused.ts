import { spawn } from 'node:child_process';
import type { TrafficModel, TrafficProtocol } from '../../model/index.ts';
import type { TrafficAnswer } from '../dataplane.ts';
import { SegmentationError } from '../segmentation-error.ts';
import type { TrackedConnection } from './parse-conntrack.ts';
import { plainAddress } from './plain-address.ts';

/** What reach/ answers for two addresses. */
export interface ConnectionJudge {
  judge(connection: {
    readonly source: string;
    readonly destination: string;
    readonly protocol: TrafficProtocol;
    readonly port: number;
  }): Pick<TrafficAnswer, 'outcome' | 'refusedBy'>;
}

/** Runs `conntrack` with these arguments. Throws SegmentationError `no-dataplane` where it cannot be run. */
export type RunConntrack = (args: readonly string[]) => Promise<{ readonly code: number; readonly said: string }>;

export interface CutRefusedInput {
  readonly connections: AsyncIterable<TrackedConnection>;
  /** That the kernel enforces already: what is cut before the rules hold comes back. */
  readonly model: TrafficModel;
  readonly judge: ConnectionJudge;
  /** The host's own addresses: what it asks of its containers is the operator's, and never cut. */
  readonly hostAddresses: readonly string[];
  /** Looked at alone where given: changedAddresses(before, after). */
  readonly only?: ReadonlySet<string>;
  /** Let be, whatever the rules say: what is answered by our own resolver. */
  readonly exempt?: (connection: TrackedConnection) => boolean;
  readonly run?: RunConntrack;
}

export interface CutReport {
  /** Connections with an end that is a container. */
  readonly looked: number;
  /** Kinds of connections that are refused now, and how many of each there were. */
  readonly refused: readonly RefusedConnections[];
  /** Entries of the kernel that were deleted. */
  readonly cut: number;
  /** There were more kinds than one call cuts: call again. */
  readonly more: boolean;
}

/** All that one end has to one port of another, whatever the port it comes from. */
export interface RefusedConnections {
  readonly source: string;
  /** Who answers in truth, after translation. */
  readonly destination: string;
  readonly protocol: TrafficProtocol;
  readonly port: number;
  readonly connections: number;
}

/** Each takes conntrack a walk over the kernel's table. */
const maxKinds = 2000;
const maxVerdicts = 200_000;
const atOnce = 4;

/**
 * Deletes what the kernel remembers of connections that are refused now: their next packet is judged as a first one. Where
 * the kernel picks up TCP in the middle (nf_conntrack_tcp_loose) the same holds, because it is judged all the same. One end
 * at least is a container in mode enforce that refuses.
 */
export async function cutRefused(input: CutRefusedInput): Promise<CutReport> {
  const { connections, model, judge, only, exempt, run = runConntrack } = input;
  const enforcing = new Map<string, boolean>();
  for (const { addresses, mode } of model.endpoints) {
    for (const address of addresses) enforcing.set(plainAddress(address), mode === 'enforce');
  }
  const ofHost = new Set(input.hostAddresses.map(plainAddress));
  // Verdicts hold for all connections of a kind, and a busy server has a hundred thousand of one.
  const verdicts = new Map<string, boolean>();
  const kinds = new Map<string, { readonly args: readonly string[]; refused: RefusedConnections }>();
  let looked = 0;
  let more = false;
  for await (const connection of connections) {
    const { original, reply, protocol } = connection;
    const source = original.source;
    const destination = reply.source;
    if (!enforcing.has(source) && !enforcing.has(destination)) continue;
    if (ofHost.has(source)) continue;
    if (only !== undefined && !only.has(source) && !only.has(destination)) continue;
    looked += 1;
    if (exempt?.(connection)) continue;
    const port = protocol === 'icmp' ? original.destinationPort : reply.sourcePort;
    const args = deletionOf(connection);
    const key = args.join(' ');
    let isRefused = verdicts.get(key);
    if (isRefused === undefined) {
      const answer = judge.judge({ source, destination, protocol, port });
      const refuser = answer.refusedBy === 'inbound' ? destination : source;
      isRefused = answer.outcome === 'refused' && enforcing.get(refuser) === true;
      if (verdicts.size >= maxVerdicts) verdicts.clear();
      verdicts.set(key, isRefused);
    }
    if (!isRefused) continue;
    const kind = kinds.get(key);
    if (kind !== undefined) kind.refused = { ...kind.refused, connections: kind.refused.connections + 1 };
    else if (kinds.size >= maxKinds) more = true;
    else kinds.set(key, { args, refused: { source, destination, protocol, port, connections: 1 } });
  }
  const cut = await deleteAll(
    [...kinds.values()].map(({ args }) => args),
    run,
  );
  return { looked, refused: [...kinds.values()].map(({ refused }) => refused), cut, more };
}

/** Arguments that fit the connections of this kind and no other. All addresses were parsed: none is an option. */
function deletionOf({ family, protocol, original, reply, zone }: TrackedConnection): readonly string[] {
  const ends = [
    ...['-D', '-f', `ipv${family}`, '-w', `${zone}`, '-s', original.source, '-d', original.destination],
    ...['-r', reply.source, '-q', reply.destination],
  ];
  if (protocol !== 'icmp')
    return [
      ...ends,
      ...['-p', protocol, '--orig-port-dst', `${original.destinationPort}`, '--reply-port-src', `${reply.sourcePort}`],
    ];
  const name = family === 4 ? 'icmp' : 'icmpv6';
  return [
    ...ends,
    ...['-p', name, `--${name}-type`, `${original.destinationPort}`, `--${name}-code`, `${original.code ?? 0}`],
  ];
}

async function deleteAll(deletions: readonly (readonly string[])[], run: RunConntrack): Promise<number> {
  let cut = 0;
  for (let at = 0; at < deletions.length; at += atOnce) {
    const results = await Promise.all(deletions.slice(at, at + atOnce).map((args) => run(args)));
    for (const { code, said } of results) {
      const deleted = /(\d{1,9}) flow entries have been deleted/.exec(said)?.[1];
      // It ends with 1 where nothing fitted: the connection ended by itself.
      if (deleted === undefined)
        throw new SegmentationError('no-dataplane', `conntrack -D ended with ${code}: ${said.trim().slice(0, 200)}`);
      cut += Number(deleted);
    }
  }
  return cut;
}

export const runConntrack: RunConntrack = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn('conntrack', [...args], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-500);
    });
    child.on('error', (cause) => {
      reject(
        new SegmentationError('no-dataplane', `conntrack cannot be run: ${cause.message}`, {
          cause,
          remedy: 'Install conntrack (package conntrack or conntrack-tools); the agent needs CAP_NET_ADMIN.',
        }),
      );
    });
    child.on('close', (code) => resolve({ code: code ?? -1, said }));
  });
