import { parseVersionRange, VersionError, type VersionRange, versionInRange } from '../advisory/index.ts';
import { CodedError, messageOf } from '../base/index.ts';
import { type InspectRuleId, inspectRules } from '../inspect/index.ts';
import {
  type ComponentEcosystem,
  hasVersionOrder,
  type InstalledComponent,
  type Observation,
  otherNameOf,
  type Problem,
  parseEcosystem,
} from '../model/index.ts';
import { type ComponentQuery, parseComponentQuery } from './component-query.ts';
import { ServiceError } from './service-error.ts';

export type UnwantedErrorCode = 'bad-unwanted-rule';

/** A file of rules cannot be read. */
export class UnwantedError extends CodedError<UnwantedErrorCode> {}

/** A package that somebody wants in no image, by name and, where said, by version. */
export interface UnwantedRule {
  /** As it was written, without its comment. */
  readonly text: string;
  /** `FILE:LINE`. */
  readonly where: string;
  readonly query: ComponentQuery;
  readonly ecosystem?: ComponentEcosystem;
  /** Absent: every version. */
  readonly range?: VersionRange;
}

/** Bytes of one file of rules, and how many rules all files may have together. */
export const unwantedLimits = { fileBytes: 1024 * 1024, rules: 10_000 };

const ruleId: InspectRuleId = 'inspect/package/unwanted';
const problemCode = 'inspect/package/undetermined';
const mostProblems = 20;

/**
 * A file of rules, one a line: `NAME`, `TYPE:NAME` or a package URL, then a version range where not every version is meant;
 * `#` begins a comment. Throws UnwantedError `bad-unwanted-rule`, which names file and line.
 */
export function parseUnwantedRules(text: string, file: string): readonly UnwantedRule[] {
  if (Buffer.byteLength(text) > unwantedLimits.fileBytes)
    throw badRule(file, `it is larger than ${unwantedLimits.fileBytes} bytes`);
  const rules: UnwantedRule[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const written = line.replace(/(?:^|\s)#[^]*$/, '').trim();
    if (written === '') continue;
    if (rules.length >= unwantedLimits.rules) throw badRule(file, `it has more than ${unwantedLimits.rules} rules`);
    rules.push(parseRule(written, `${file}:${index + 1}`));
  }
  return rules;
}

function parseRule(text: string, where: string): UnwantedRule {
  const isPurl = /^pkg:/i.test(text);
  const [, name = '', bounds = ''] = (isPurl ? /^(\S+)\s*(.*)$/ : /^([^\s<>=!,|]*)\s*(.*)$/).exec(text) ?? [];
  if (name === '') throw badRule(where, 'it names no package');
  if (name.includes('*'))
    throw badRule(where, `"${name.slice(0, 80)}" is a pattern, and a name stands for itself alone`);
  const [, prefix = '', rest = ''] = (isPurl ? undefined : /^([^:]*):(.*)$/.exec(name)) ?? [];
  const ecosystem = prefix.toLowerCase() === 'generic' ? 'generic' : parseEcosystem(prefix);
  const bare = ecosystem ? rest : name;
  try {
    const query = parseComponentQuery(bare);
    if (isPurl && query.version !== undefined && bounds !== '')
      throw badRule(where, 'it has a version in the package URL and a range after it');
    return {
      text,
      where,
      query,
      ...(ecosystem ? { ecosystem } : {}),
      ...(bounds === '' || bounds === '*' ? {} : { range: parseVersionRange(bounds) }),
    };
  } catch (cause) {
    if (cause instanceof UnwantedError) throw cause;
    if (cause instanceof ServiceError || cause instanceof VersionError) throw badRule(where, messageOf(cause), cause);
    throw cause;
  }
}

/**
 * What of the components is unwanted: an observation for each, by the first rule that says so. Where a rule names a
 * component and its version cannot be held against the range, that is a problem: it may well be unwanted.
 */
export function findUnwanted(
  components: readonly InstalledComponent[],
  rules: readonly UnwantedRule[],
): { readonly observations: readonly Observation[]; readonly problems: readonly Problem[] } {
  const byName = indexRules(rules);
  const order = new Map(rules.map((rule, index) => [rule, index] as const));
  const observations: Observation[] = [];
  const problems: Problem[] = [];
  for (const component of byName.size === 0 ? [] : components) {
    const named = rulesOf(component, byName).sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const verdicts = named.map((rule) => [rule, holds(rule, component)] as const);
    const matched = verdicts.find(([, verdict]) => verdict === true)?.[0];
    const undetermined = verdicts.find(([, verdict]) => typeof verdict === 'string');
    if (matched) observations.push(observe(component, matched));
    else if (undetermined) {
      const [{ text, where }, reason] = undetermined;
      const message = `${component.name} ${component.version} may be unwanted by "${text}" (${where}): ${reason}`;
      problems.push({
        code: problemCode,
        message,
        ...(component.locations[0] ? { path: component.locations[0] } : {}),
      });
    }
  }
  if (problems.length <= mostProblems) return { observations, problems };
  const more = `${problems.length - mostProblems} more components may be unwanted: their versions cannot be compared`;
  return { observations, problems: [...problems.slice(0, mostProblems), { code: problemCode, message: more }] };
}

function indexRules(rules: readonly UnwantedRule[]): ReadonlyMap<string, readonly UnwantedRule[]> {
  const byName = new Map<string, UnwantedRule[]>();
  for (const rule of rules) {
    for (const name of new Set(rule.query.names.map((each) => each.toLowerCase()))) {
      const known = byName.get(name);
      if (known) known.push(rule);
      else byName.set(name, [rule]);
    }
  }
  return byName;
}

/** The rules that mean the component, whatever its version. */
function rulesOf(component: InstalledComponent, byName: ReadonlyMap<string, readonly UnwantedRule[]>): UnwantedRule[] {
  const keys = new Set([component.name.toLowerCase(), otherNameOf(component)?.toLowerCase()]);
  const found = new Set<UnwantedRule>();
  for (const key of keys) {
    for (const rule of (key !== undefined && byName.get(key)) || []) {
      if (rule.ecosystem && rule.ecosystem !== component.ecosystem) continue;
      if (rule.query.matches(component)) found.add(rule);
    }
  }
  return [...found];
}

/** Whether its version is in the range; a text says why that cannot be told. */
function holds({ range }: UnwantedRule, { ecosystem, version }: InstalledComponent): boolean | string {
  if (!range) return true;
  if (!hasVersionOrder(ecosystem)) return `versions of ${ecosystem} have no order`;
  try {
    return versionInRange(ecosystem, version, range);
  } catch (error) {
    if (error instanceof VersionError) return messageOf(error);
    throw error;
  }
}

function observe(component: InstalledComponent, { text, where }: UnwantedRule): Observation {
  const { name, version, source, evidence, layer, ownedBy } = component;
  const [path] = component.locations;
  const of = source && source.name !== name ? ` of ${source.name}` : '';
  const owned = ownedBy === undefined ? '' : `, in ${ownedBy}`;
  return {
    rule: ruleId,
    severity: inspectRules[ruleId].severity,
    confidence: evidence && evidence.kind !== 'installed' ? 'guess' : (evidence?.confidence ?? 'certain'),
    ...(path === undefined ? {} : { path }),
    layer,
    detail: `${name} ${version}${of}${owned}, by "${text}" (${where})`,
  };
}

function badRule(where: string, reason: string, cause?: unknown): UnwantedError {
  return new UnwantedError('bad-unwanted-rule', `${where}: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    remedy: 'Write a rule a line, such as "log4j-core <2.17.1", "npm:left-pad" or "pkg:npm/event-stream@3.3.6"',
  });
}
