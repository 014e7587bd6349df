import { SegmentationError } from '../segmentation-error.ts';
import {
  createRuleset,
  isLive,
  type Ruleset,
  type RulesetChain,
  type RulesetSet,
  type RulesetTable,
  type TableFamily,
  tableFamilies,
  tableName,
} from './ruleset.ts';

/** More than this nft has no reason to list of what is ours. */
const longestListing = 256 * 1024 * 1024;

/**
 * Our tables as `nft -s -y list table` writes them; undefined where it lists none. What somebody else put into them is kept
 * as it stands, so that no ruleset of ours is equal to it. Throws SegmentationError `bad-rules` for what is no such text.
 */
export function parseListing(text: string): Ruleset | undefined {
  if (text.length > longestListing) throw new SegmentationError('bad-rules', 'the listing of nft is too long');
  const lines = text.split('\n');
  const tables = new Map<TableFamily, RulesetTable>();
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const family = tableFamilies.find((name) => line === `table ${name} ${tableName} {`);
    if (family === undefined) throw unexpected(at);
    const sets = new Map<string, RulesetSet>();
    const chains = new Map<string, RulesetChain>();
    for (at++; lines[at] !== '}'; at++) {
      const head = lines[at];
      if (head === undefined) throw unexpected(at);
      if (head === '') continue;
      if (!head.startsWith('\t') || !head.endsWith(' {')) {
        // A property of the table, which ours has none of.
        chains.set(head, { rules: [] });
        continue;
      }
      const body: string[] = [];
      for (at++; lines[at] !== '\t}'; at++) {
        const inner = lines[at];
        if (inner === undefined) throw unexpected(at);
        body.push(inner);
      }
      const [word = '', name = '', ...more] = head.trim().slice(0, -2).split(' ');
      if (more.length === 0 && (word === 'set' || word === 'map')) sets.set(name, parseSet(word, body));
      else if (more.length === 0 && word === 'chain') chains.set(name, parseChain(body));
      else chains.set(head.trim(), { rules: body });
    }
    tables.set(family, { family, sets, chains });
  }
  if (tables.size === 0) return undefined;
  return createRuleset(tableFamilies.flatMap((family) => tables.get(family) ?? []));
}

function parseChain(body: readonly string[]): RulesetChain {
  const rules = body.map((line) => line.trim()).filter((line) => line !== '');
  const [hook, ...others] = rules;
  return hook?.startsWith('type ') ? { hook, rules: others } : { rules };
}

function parseSet(kind: 'set' | 'map', body: readonly string[]): RulesetSet {
  const properties: string[] = [];
  const parts: string[] = [];
  const start = '\t\telements = {';
  let open = false;
  for (const line of body) {
    if (line.startsWith(start)) open = true;
    if (open) parts.push(line.startsWith(start) ? line.slice(start.length) : line);
    else if (line.trim() !== '') properties.push(line.trim());
    if (line.endsWith('}')) open = false;
  }
  const set = { kind, properties, elements: new Map<string, string>() };
  if (isLive(set)) return set;
  const list = parts.join('').replace(/\}$/, '');
  for (const part of list.split(',')) {
    const element = part.trim();
    if (element === '') continue;
    const colon = kind === 'map' ? element.lastIndexOf(' : ') : -1;
    if (colon === -1) set.elements.set(element, '');
    else set.elements.set(element.slice(0, colon).trim(), element.slice(colon + 3).trim());
  }
  return set;
}

function unexpected(at: number): SegmentationError {
  return new SegmentationError('bad-rules', `the listing of nft has no form that is known, at line ${at + 1}`);
}
