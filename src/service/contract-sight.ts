import { formatInstant } from '../base/index.ts';
import type { ContractPlace, LaunchRequest, RecordedFacts } from '../model/index.ts';
import type { ContractSight, RefusedStart } from '../model/wire/index.ts';
import {
  type ContractFault,
  compileContract,
  contractFaults,
  type InputContractDocument,
  type InputContractSpec,
  listInputs,
  mustBePassed,
} from '../policy/index.ts';
import { createSeenTally, type SeenTally } from './contract-seen.ts';
import { isHidden } from './learn-contract.ts';
import type { StartGroup } from './recorded-starts.ts';
import { hiddenPlaces, saidOfHidden } from './replay-launches.ts';

/** Refused starts that are told; of each input three launches. */
const most = { refused: 100, launches: 3 };
/** So many of the same start are as good as more of them, for what is learned. */
const mostOfSame = 8;

type Held = Omit<ContractSight, 'days' | 'whole' | 'conflicts'>;

/**
 * A contract beside what was seen in recorded starts of its images, the newest first: a line for each input that it lists
 * or that was passed. Pure. Of what the record does not hold, what was said when it was asked for still counts.
 */
export function compileSight(contract: InputContractDocument, groups: readonly StartGroup[]): Held {
  const { spec } = contract;
  const rows = createRows(spec);
  const refused: RefusedStart[] = [];
  let refuses = 0;
  for (const group of groups) {
    const { facts, newest, count } = group;
    const { request, start } = facts;
    const faults = faultsOf(facts, contract);
    const at = Map.groupBy(faults, ({ path }) => path);
    const classified = new Map(facts.inputs.inputs.map((input) => [input.path, input]));
    const isGone = hiddenPlaces(request);
    const counted = new Set<SeenTally>();
    for (const input of listInputs(request, spec, start)) {
      const row = rows.of(input.place, input.name, input.isListed);
      row.seen.add(group, { ...input, classified: classified.get(input.path), isGone: isGone(input.path) }, counted);
      for (const { evidence } of at.get(input.path) ?? []) row.against(evidence, group);
    }
    for (const { evidence, subject } of faults)
      if (evidence === mustBePassed) rows.of('variable', subject, true).against(evidence, group);
    const heavy = faults.filter(({ severity }) => severity === undefined);
    if (heavy.length === 0) continue;
    refuses += count;
    if (refused.length < most.refused) refused.push(refusedStart(group, heavy, newest.id));
  }
  const suggest = suggestions(contract, groups);
  const starts = groups.reduce((sum, { count }) => sum + count, 0);
  const times = groups.map(({ newest }) => newest.at);
  return {
    starts,
    refuses,
    lastAt: times.length === 0 ? null : formatInstant(times.reduce((a, b) => Math.max(a, b))),
    since: null,
    containers: new Set(groups.flatMap(({ containers }) => [...containers])).size,
    hosts: new Set(groups.flatMap(({ hosts }) => [...hosts])).size,
    inputs: rows.all().map(({ place, name, isListed, unfit, seen }) => ({
      place,
      name,
      listed: isListed,
      unfit: [...unfit].map(([evidence, { starts: many, launches }]) => ({ evidence, starts: many, launches })),
      seen: seen.view(),
      suggestion: isListed ? null : suggest(place, name),
    })),
    refused,
  };
}

/** What a contract has against a start as it was recorded. */
function faultsOf(
  { request, start, contract: recorded }: RecordedFacts,
  { metadata, spec }: InputContractDocument,
): readonly ContractFault[] {
  const isGone = hiddenPlaces(request);
  const then = saidOfHidden(metadata.name, recorded, isGone);
  return [
    ...contractFaults(request, spec, start, isGone),
    ...then.map(({ path, subject, evidence }) => ({ path, subject, evidence })),
  ];
}

interface Row {
  readonly place: ContractPlace;
  readonly name: string;
  readonly isListed: boolean;
  readonly seen: SeenTally;
  readonly unfit: Map<string, { starts: number; readonly launches: string[] }>;
  against(evidence: string, group: StartGroup): void;
}

function createRows(spec: InputContractSpec) {
  const rows = new Map<string, Row>();
  const of = (place: ContractPlace, name: string, isListed: boolean): Row => {
    const key = `${place} ${name}`;
    const known = rows.get(key);
    if (known) return known;
    const unfit: Row['unfit'] = new Map();
    const row: Row = {
      ...{ place, name, isListed, unfit, seen: createSeenTally() },
      against(evidence, { count, newest }) {
        const fault = unfit.get(evidence) ?? { starts: 0, launches: [] };
        unfit.set(evidence, fault);
        fault.starts += count;
        if (fault.launches.length < most.launches) fault.launches.push(newest.id);
      },
    };
    rows.set(key, row);
    return row;
  };
  for (const [place, name] of listedBy(spec)) of(place, name, true);
  return { of, all: () => [...rows.values()] };
}

/** The lines of a contract, in its order. */
function listedBy(spec: InputContractSpec): readonly (readonly [ContractPlace, string])[] {
  const { environment = {}, arguments: { allow = [] } = {}, mounts = [], files = {}, ports = [], users = [] } = spec;
  return [
    ...Object.keys(environment).map((name) => ['variable', name] as const),
    ...allow.map(({ flag = '' }) => ['argument', flag] as const),
    ...mounts.map(({ target }) => ['mount', target] as const),
    ...Object.keys(files).map((target) => ['file', target] as const),
    ...ports.map((port) => ['port', String(port)] as const),
    ...users.map((user) => ['user', user] as const),
  ];
}

/** The lines that a contract learned from these starts would have; refused ones teach nothing while there are others. */
function suggestions({ spec }: InputContractDocument, groups: readonly StartGroup[]) {
  const good = groups.filter(({ count, refused }) => refused < count);
  const taught = (good.length > 0 ? good : groups).flatMap(({ facts, count }): readonly LaunchRequest[] =>
    Array(Math.min(count, mostOfSame)).fill(facts.request),
  );
  const start = groups.find(({ facts }) => facts.start !== undefined)?.facts.start;
  const options = { ...(start ? { start } : {}), isHidden };
  const learned = compileContract(spec.images[0] ?? '', taught, options).spec;
  let all: InputContractSpec | undefined;
  const whole = () =>
    (all ??= compileContract(
      '',
      groups.map(({ facts }) => facts.request),
      options,
    ).spec);
  return (place: ContractPlace, name: string): Record<string, unknown> | null =>
    lineOf(learned, place, name) ?? lineOf(whole(), place, name) ?? null;
}

function lineOf(
  { environment = {}, arguments: { allow = [] } = {}, mounts = [], files = {} }: InputContractSpec,
  place: ContractPlace,
  name: string,
): Record<string, unknown> | undefined {
  if (place === 'variable') {
    // That it was always there does not say that it has to be.
    const { required: _, ...line } = (Object.hasOwn(environment, name) ? environment[name] : undefined) ?? {
      required: 0,
    };
    return _ === 0 ? undefined : line;
  }
  if (place === 'argument') return allow.find(({ flag = '' }) => flag === name);
  if (place === 'mount') return mounts.find(({ target }) => target === name);
  return place === 'file' && Object.hasOwn(files, name) ? files[name] : undefined;
}

function refusedStart(
  { facts, newest, count }: StartGroup,
  faults: readonly ContractFault[],
  id: string,
): RefusedStart {
  const { request } = facts;
  return {
    id,
    at: formatInstant(newest.at),
    host: newest.host,
    image: request.image?.value ?? '',
    name: request.name ?? request.workload.name ?? null,
    count,
    findings: faults.slice(0, 20).map(({ path, subject, evidence }) => ({ path, subject, evidence })),
  };
}
