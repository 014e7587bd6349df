import type { AddressSet } from '../../base/index.ts';
import type { TrafficDecision, TrafficModel, TrafficTable } from '../../model/index.ts';
import { formatIntervals, isEverything } from './address-elements.ts';
import { compileConnections, type IpVersion } from './connection-matches.ts';
import { dropCovered, type PeerKind } from './drop-covered.ts';
import { digestOf, identifierOf } from './identifiers.ts';
import type { RulesetTable } from './ruleset.ts';
import { draftTable, type TableDraft } from './table-draft.ts';

/** Answers to questions for one name are at most so many. */
const addressesOfName = 4096;

export interface TableCompiler {
  /** Goes to the chain that judges by this table; made with all it needs where it is not there yet. */
  verdictOf(table: number, version: IpVersion): string;
  /** Names of populations that a chain asked for. */
  readonly populations: ReadonlyMap<string, { readonly name: string; readonly version: IpVersion }>;
}

/** What judges by one table, for one version of addresses. */
interface CompiledTable {
  readonly verdict: string;
  /** Its chains, and sets that nothing changes or answers fill. */
  readonly needs: Pick<RulesetTable, 'sets' | 'chains'>;
  readonly populations: ReadonlyMap<string, { readonly name: string; readonly version: IpVersion }>;
  /** What it speaks of, and whether the model had such a population. */
  readonly spokenOf: readonly { readonly name: string; readonly isThere: boolean }[];
}

/** Of models that share tables, each is compiled once. */
const compiledTables: Readonly<Record<IpVersion, WeakMap<TrafficTable, CompiledTable>>> = {
  4: new WeakMap(),
  6: new WeakMap(),
};
const noTable: TrafficTable = { direction: 'outbound', tiers: [] };

export function createTableCompiler(model: TrafficModel, draft: TableDraft): TableCompiler {
  const verdicts: Readonly<Record<IpVersion, (string | undefined)[]>> = { 4: [], 6: [] };
  const populations = new Map<string, { readonly name: string; readonly version: IpVersion }>();
  return {
    populations,
    verdictOf(index, version) {
      const known = verdicts[version][index];
      if (known !== undefined) return known;
      const table = model.tables[index] ?? noTable;
      const kept = compiledTables[version].get(table);
      const isValid = kept?.spokenOf.every(({ name, isThere }) => model.populations.has(name) === isThere);
      const compiled = kept && isValid ? kept : compileTable(table, version, model.populations);
      if (compiled !== kept) compiledTables[version].set(table, compiled);
      draft.include(compiled.needs);
      for (const [set, population] of compiled.populations) populations.set(set, population);
      verdicts[version][index] = compiled.verdict;
      return compiled.verdict;
    },
  };
}

/**
 * The chains of a table return where they let pass, and go to `refuse_sender` or `refuse_receiver` where they do not.
 * Containers and what is outside are told apart first, by the interface: addresses never mean containers, populations never
 * anything else, so each packet meets only the rules that can fit it.
 */
function compileTable(
  table: TrafficTable,
  version: IpVersion,
  known: { has(population: string): boolean },
): CompiledTable {
  const draft = draftTable('inet');
  const populations = new Map<string, { readonly name: string; readonly version: IpVersion }>();
  const spokenOf = new Map<string, boolean>();
  const names = new Set<string>();

  function compilePeers({ peers }: TrafficDecision, kind: PeerKind, address: string): readonly string[] {
    if (kind === 'containers') {
      for (const name of peers.populations) spokenOf.set(name, known.has(name));
      const there = peers.populations.filter((name) => known.has(name));
      if (there.includes('*')) return [''];
      return there.map((name) => {
        const set = identifierOf(`g${version}`, name);
        populations.set(set, { name, version });
        return `${address} @${set} `;
      });
    }
    if (isEverything(peers.addresses, version)) return [''];
    const matches: string[] = [];
    const blocks = writeBlocks(peers.addresses, version);
    if (blocks.match !== undefined) matches.push(`${address} ${blocks.match} `);
    draft.include(blocks);
    for (const name of peers.names) {
      const set = nameSetOf(name, version);
      if (!names.has(name)) {
        for (const each of [4, 6] as const)
          draft.live(nameSetOf(name, each), `type ipv${each}_addr`, { size: addressesOfName });
        names.add(name);
      }
      matches.push(`${address} @${set} `);
    }
    return matches;
  }

  /** From this tier on. Where a decision passes to the next, that is a chain of its own. */
  function compileTiers(at: number, kind: PeerKind): string[] {
    const refuse = table.direction === 'outbound' ? 'goto refuse_sender' : 'goto refuse_receiver';
    const address = `${version === 4 ? 'ip' : 'ip6'} ${table.direction === 'outbound' ? 'daddr' : 'saddr'}`;
    const rules: string[] = [];
    for (let tier = at; tier < table.tiers.length; tier++) {
      const { decisions = [], otherwise } = table.tiers[tier] ?? { otherwise: 'deny' };
      let next: string | undefined;
      for (const decision of dropCovered(decisions, kind)) {
        const peers = compilePeers(decision, kind, address);
        if (peers.length === 0) continue;
        if (decision.action === 'pass') next ??= chainFor(compileTiers(tier + 1, kind));
        const verdict = { allow: 'return', deny: refuse, pass: `goto ${next}` }[decision.action];
        for (const connections of compileConnections(decision.connections, version, draft))
          for (const peer of peers) rules.push(`${peer}${connections} ${verdict}`);
      }
      if (otherwise === 'next' && next !== undefined) return [...rules, `goto ${next}`];
      if (otherwise === 'allow') return [...rules, 'return'];
      if (otherwise === 'deny') break;
    }
    return [...rules, refuse];
  }

  /** Chains of equal rules are one. */
  function chainFor(rules: readonly string[]): string {
    const name = `t_${digestOf(rules.join('\n'))}`;
    if (!draft.hasChain(name)) draft.chain(name, rules);
    return name;
  }

  const containers = compileTiers(0, 'containers');
  const [only = ''] = containers;
  const split = containers.length === 1 && only.startsWith('goto') ? only : `goto ${chainFor(containers)}`;
  const other = table.direction === 'outbound' ? 'oifname' : 'iifname';
  const rules = [`${other} @bridges ${split}`, ...compileTiers(0, 'outside')];
  const verdict = `goto ${chainFor(rules)}`;
  return {
    verdict,
    needs: draft.finish(),
    populations,
    spokenOf: [...spokenOf].map(([name, isThere]) => ({ name, isThere })),
  };
}

interface WrittenBlocks extends Pick<RulesetTable, 'sets' | 'chains'> {
  /** A block, or the set that holds them all; absent where there is none. */
  readonly match?: string;
}

/** A deny list is in every table, and may be long. */
const writtenBlocks: Readonly<Record<IpVersion, WeakMap<AddressSet, WrittenBlocks>>> = {
  4: new WeakMap(),
  6: new WeakMap(),
};

function writeBlocks(addresses: AddressSet, version: IpVersion): WrittenBlocks {
  const known = writtenBlocks[version].get(addresses);
  if (known !== undefined) return known;
  const draft = draftTable('inet');
  const intervals = formatIntervals(addresses, version);
  const set = `a${version}_${digestOf(intervals.join())}`;
  if (intervals.length > 1) draft.constant(set, `type ipv${version}_addr`, intervals, 'interval');
  const match = intervals.length > 1 ? `@${set}` : intervals[0];
  const written = { ...draft.finish(), ...(match === undefined ? {} : { match }) };
  writtenBlocks[version].set(addresses, written);
  return written;
}

/** The set of addresses that a name led to. */
export function nameSetOf(name: string, version: IpVersion): string {
  return identifierOf(`n${version}`, name);
}
