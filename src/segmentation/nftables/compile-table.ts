import type { TrafficDecision, TrafficModel, TrafficTable } from '../../model/index.ts';
import { formatIntervals, isEverything } from './address-elements.ts';
import { compileConnections, type IpVersion } from './connection-matches.ts';
import { digestOf, identifierOf } from './identifiers.ts';
import type { TableDraft } from './table-draft.ts';

/** Answers to questions for one name are at most so many. */
const addressesOfName = 4096;

export interface TableCompiler {
  /** Goes to the chain that judges by this table; made with all it needs where it is not there yet. */
  verdictOf(table: number, version: IpVersion): string;
  /** Names of populations that a chain asked for. */
  readonly populations: ReadonlyMap<string, { readonly name: string; readonly version: IpVersion }>;
  /** Names that a chain asked for, and the sets that hold their addresses. */
  readonly names: ReadonlySet<string>;
}

/**
 * The chains of a table return where they let pass, and go to `refuse_sender` or `refuse_receiver` where they do not.
 * Containers and what is outside are told apart first, by the interface: addresses never mean containers, populations never
 * anything else, so each packet meets only the rules that can fit it.
 */
export function createTableCompiler(model: TrafficModel, draft: TableDraft): TableCompiler {
  const compiled = new Map<number, string>();
  const populations = new Map<string, { readonly name: string; readonly version: IpVersion }>();
  const names = new Set<string>();

  function compilePeers(
    { peers }: TrafficDecision,
    kind: 'containers' | 'outside',
    version: IpVersion,
    address: string,
  ): readonly string[] {
    if (kind === 'containers') {
      const known = peers.populations.filter((name) => model.populations.has(name));
      if (known.includes('*')) return [''];
      return known.map((name) => {
        const set = identifierOf(`g${version}`, name);
        populations.set(set, { name, version });
        return `${address} @${set} `;
      });
    }
    if (isEverything(peers.addresses, version)) return [''];
    const matches: string[] = [];
    const intervals = formatIntervals(peers.addresses, version);
    if (intervals.length === 1) matches.push(`${address} ${intervals[0]} `);
    if (intervals.length > 1) {
      const set = `a${version}_${digestOf(intervals.join())}`;
      draft.constant(set, `type ipv${version}_addr`, intervals, 'interval');
      matches.push(`${address} @${set} `);
    }
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
  function compileTiers(table: TrafficTable, at: number, kind: 'containers' | 'outside', version: IpVersion): string[] {
    const refuse = table.direction === 'outbound' ? 'goto refuse_sender' : 'goto refuse_receiver';
    const address = `${version === 4 ? 'ip' : 'ip6'} ${table.direction === 'outbound' ? 'daddr' : 'saddr'}`;
    const rules: string[] = [];
    for (let tier = at; tier < table.tiers.length; tier++) {
      const { decisions = [], otherwise } = table.tiers[tier] ?? { otherwise: 'deny' };
      let next: string | undefined;
      for (const decision of decisions) {
        const peers = compilePeers(decision, kind, version, address);
        if (peers.length === 0) continue;
        if (decision.action === 'pass') next ??= chainFor(compileTiers(table, tier + 1, kind, version));
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

  return {
    populations,
    names,
    verdictOf(index, version) {
      const key = index * 10 + version;
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const table = model.tables[index] ?? { direction: 'outbound', tiers: [] };
      const containers = compileTiers(table, 0, 'containers', version);
      const [only = ''] = containers;
      const split = containers.length === 1 && only.startsWith('goto') ? only : `goto ${chainFor(containers)}`;
      const other = table.direction === 'outbound' ? 'oifname' : 'iifname';
      const rules = [`${other} @bridges ${split}`, ...compileTiers(table, 0, 'outside', version)];
      const verdict = `goto ${chainFor(rules)}`;
      compiled.set(key, verdict);
      return verdict;
    },
  };
}

/** The set of addresses that a name led to. */
export function nameSetOf(name: string, version: IpVersion): string {
  return identifierOf(`n${version}`, name);
}
