/** What holds in the kernel for a host: two rulesets of equal text mean the same. */
export interface Ruleset {
  /** As `nft -f` reads it, in the spelling in which nft lists it. */
  readonly text: string;
  readonly tables: readonly RulesetTable[];
}

export interface RulesetTable {
  readonly family: TableFamily;
  readonly sets: ReadonlyMap<string, RulesetSet>;
  readonly chains: ReadonlyMap<string, RulesetChain>;
}

export const tableFamilies = ['inet', 'bridge', 'arp'] as const;
/** Of the tables that are ours: one in each family, all of the same name. */
export type TableFamily = (typeof tableFamilies)[number];
export const tableName = 'portwarden';

/** A set, or a map from keys to verdicts. */
export interface RulesetSet {
  readonly kind: 'set' | 'map';
  /** What it is of: `type ipv4_addr`, `flags interval`; as nft lists it. */
  readonly properties: readonly string[];
  /** From the key to the verdict; to nothing in a set. Empty where packets or answers fill it. */
  readonly elements: ReadonlyMap<string, string>;
  /** The same in parts, of which no two have a key in common. Rulesets that were compiled share those that did not change. */
  readonly parts?: readonly ElementPart[];
}

/** Elements that come and go together; with a verdict in a map. */
export interface ElementPart {
  readonly keys: readonly string[];
  readonly verdict: string;
}

export function setOfParts(
  kind: RulesetSet['kind'],
  properties: readonly string[],
  parts: readonly ElementPart[],
): RulesetSet {
  let elements: ReadonlyMap<string, string> | undefined;
  return {
    kind,
    properties,
    parts,
    get elements() {
      elements ??= elementsOf(parts);
      return elements;
    },
  };
}

export function elementsOf(parts: readonly ElementPart[]): ReadonlyMap<string, string> {
  const elements = new Map<string, string>();
  for (const { keys, verdict } of parts) for (const key of keys) elements.set(key, verdict);
  return elements;
}

export interface RulesetChain {
  /** Of a chain that the kernel calls: `type filter hook forward priority -10; policy accept;`. */
  readonly hook?: string;
  readonly rules: readonly string[];
}

/** Packets and answers fill it: its elements are no part of a ruleset. */
export function isLive(set: RulesetSet): boolean {
  return set.properties.some((property) => property.startsWith('flags') && property.includes('timeout'));
}

export function createRuleset(tables: readonly RulesetTable[]): Ruleset {
  let text: string | undefined;
  return {
    tables,
    get text() {
      text ??= tables.map(formatTable).join('');
      return text;
    },
  };
}

export function formatTable({ family, sets, chains }: RulesetTable): string {
  const lines = [`table ${family} ${tableName} {`];
  for (const [name, set] of sortByName(sets)) lines.push(...formatSet(name, set));
  for (const [name, chain] of sortByName(chains)) lines.push(...formatChain(name, chain));
  lines.push('}', '');
  return lines.join('\n');
}

function formatSet(name: string, { kind, properties, elements }: RulesetSet): readonly string[] {
  const lines = [`\t${kind} ${name} {`, ...properties.map((property) => `\t\t${property}`)];
  if (elements.size > 0) {
    const sorted = formatElements(elements).sort();
    lines.push(`\t\telements = { ${sorted.join(', ')} }`);
  }
  lines.push('\t}');
  return lines;
}

/** Each as it stands in a list of elements. */
export function formatElements(elements: ReadonlyMap<string, string>): string[] {
  const parts: string[] = [];
  for (const [key, verdict] of elements) parts.push(verdict === '' ? key : `${key} : ${verdict}`);
  return parts;
}

function formatChain(name: string, { hook, rules }: RulesetChain): readonly string[] {
  const lines = [`\tchain ${name} {`];
  if (hook !== undefined) lines.push(`\t\t${hook}`);
  for (const rule of rules) lines.push(`\t\t${rule}`);
  lines.push('\t}');
  return lines;
}

/** The order of sets and chains in the text of a ruleset, and of a change. */
export function sortByName<Value>(entries: Iterable<readonly [string, Value]>): readonly (readonly [string, Value])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}
