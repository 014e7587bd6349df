import { unsharedParts } from '../unshared-parts.ts';
import {
  type ElementPart,
  elementsOf,
  formatElements,
  isLive,
  type Ruleset,
  type RulesetSet,
  type RulesetTable,
  sortByName,
  tableFamilies,
  tableName,
} from './ruleset.ts';

/** What leads from one ruleset to another, as one transaction of `nft -f`. */
export interface RulesetChange {
  /** `rules`: of some chains too, while all others stay. `whole`: the tables are made anew. */
  readonly kind: 'none' | 'elements' | 'rules' | 'whole';
  readonly script: string;
}

/** All of it, in the place of whatever is there; nothing is open between: the kernel takes it in one step. */
export function compileWhole(ruleset: Ruleset): RulesetChange {
  return { kind: 'whole', script: `${compileRemoval()}${ruleset.text}` };
}

/** Takes away what is ours, there or not. */
export function compileRemoval(): string {
  return tableFamilies
    .map((family) => `add table ${family} ${tableName}\ndelete table ${family} ${tableName}\n`)
    .join('');
}

/** What is filled by packets and answers stays filled, unless the change is of the whole. */
export function compileChange(from: Ruleset, to: Ruleset): RulesetChange {
  const commands: string[] = [];
  let kind: 'none' | 'elements' | 'rules' = 'none';
  if (from.tables.length !== to.tables.length) return compileWhole(to);
  for (const table of to.tables) {
    const old = from.tables.find(({ family }) => family === table.family);
    const change = old && compileTableChange(old, table);
    if (change === undefined) return compileWhole(to);
    if (change.kind === 'rules' || kind === 'none') kind = change.kind;
    for (const command of change.commands) commands.push(command);
  }
  return { kind, script: commands.map((command) => `${command}\n`).join('') };
}

interface TableChange {
  readonly kind: 'none' | 'elements' | 'rules';
  readonly commands: readonly string[];
}

/** Undefined where what is there cannot become what is wanted. */
function compileTableChange(old: RulesetTable, table: RulesetTable): TableChange | undefined {
  const at = (name: string): string => `${table.family} ${tableName} ${name}`;
  const made: string[] = [];
  const deleted: string[] = [];
  const added: string[] = [];
  const rules: string[] = [];
  const emptied: string[] = [];
  const dropped: string[] = [];
  for (const [name, set] of changedOf(old.sets, table.sets)) {
    const before = old.sets.get(name);
    if (before === undefined) {
      made.push(`add ${set.kind} ${at(name)} { ${set.properties.join('; ')}; }`);
      if (set.elements.size > 0) added.push(`add element ${at(name)} { ${formatElements(set.elements).join(', ')} }`);
      continue;
    }
    if (before.kind !== set.kind || before.properties.join() !== set.properties.join()) return undefined;
    if (!isLive(set)) compileElements(at(name), before, set, { deleted, added });
  }
  const refill = deleted.length > 0 || added.length > 0;
  for (const [name, chain] of changedOf(old.chains, table.chains)) {
    const before = old.chains.get(name);
    if (before?.hook !== chain.hook && before !== undefined) return undefined;
    if (before !== undefined && equalLines(before.rules, chain.rules)) continue;
    if (before === undefined) made.push(`add chain ${at(name)}${chain.hook === undefined ? '' : ` { ${chain.hook} }`}`);
    else rules.push(`flush chain ${at(name)}`);
    for (const rule of chain.rules) rules.push(`add rule ${at(name)} ${rule}`);
  }
  for (const [name] of missingOf(old.chains, table.chains)) {
    if (name.includes(' ')) return undefined;
    emptied.push(`flush chain ${at(name)}`);
    dropped.push(`delete chain ${at(name)}`);
  }
  const gone = missingOf(old.sets, table.sets);
  dropped.unshift(...gone.map(([name, { kind }]) => `delete ${kind} ${at(name)}`));
  const commands = [...made, ...deleted, ...added, ...rules, ...emptied, ...dropped];
  const shaped = made.length + rules.length + dropped.length > 0;
  return { kind: shaped ? 'rules' : refill ? 'elements' : 'none', commands };
}

/** Those that are new, or not the same thing as before. */
function changedOf<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
): readonly (readonly [string, Item])[] {
  const changed: [string, Item][] = [];
  for (const [name, item] of after) if (before.get(name) !== item) changed.push([name, item]);
  return sortByName(changed);
}

function missingOf<Item>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
): readonly (readonly [string, Item])[] {
  const missing: [string, Item][] = [];
  for (const [name, item] of before) if (!after.has(name)) missing.push([name, item]);
  return sortByName(missing);
}

function compileElements(
  at: string,
  before: RulesetSet,
  set: RulesetSet,
  { deleted, added }: { readonly deleted: string[]; readonly added: string[] },
): void {
  const unshared = unsharedParts(partsOf(before), partsOf(set));
  if (unshared.gone.length === 0 && unshared.fresh.length === 0) return;
  const [old, now] = [elementsOf(unshared.gone), elementsOf(unshared.fresh)];
  const gone: string[] = [];
  const fresh = new Map<string, string>();
  for (const [key, verdict] of old) if (now.get(key) !== verdict) gone.push(key);
  for (const [key, verdict] of now) if (old.get(key) !== verdict) fresh.set(key, verdict);
  if (gone.length === 0 && fresh.size === 0) return;
  // Ranges that overlap those that go in the same step are refused.
  if (set.properties.includes('flags interval')) {
    deleted.push(`flush set ${at}`);
    if (set.elements.size > 0) added.push(`add element ${at} { ${formatElements(set.elements).join(', ')} }`);
    return;
  }
  if (gone.length > 0) deleted.push(`delete element ${at} { ${gone.join(', ')} }`);
  if (fresh.size > 0) added.push(`add element ${at} { ${formatElements(fresh).join(', ')} }`);
}

/** What was read back shares nothing. */
function partsOf(set: RulesetSet): readonly ElementPart[] {
  return set.parts ?? [...set.elements].map(([key, verdict]) => ({ keys: [key], verdict }));
}

function equalLines(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((line, index) => line === b[index]));
}
