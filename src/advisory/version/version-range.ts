import type { Ecosystem } from '../../model/index.ts';
import { parseVersion, type Version } from './compare-versions.ts';
import { quoteVersion, VersionError } from './version-error.ts';
import type { Ordering } from './version-order.ts';

type Operator = keyof typeof accepts;

const accepts = {
  '<': (order: Ordering) => order < 0,
  '<=': (order: Ordering) => order <= 0,
  '>': (order: Ordering) => order > 0,
  '>=': (order: Ordering) => order >= 0,
  '=': (order: Ordering) => order === 0,
  '!=': (order: Ordering) => order !== 0,
} as const;

interface Bound {
  readonly operator: Operator;
  readonly version: string;
}

/** Any of the alternatives, in each of which all bounds must hold. */
export interface VersionRange {
  readonly alternatives: readonly (readonly Bound[])[];
}

const maxRangeLength = 1024;
const remedy = "write for example '<2.17.1', '>=1.0 <2', '=1.2', or alternatives parted by ||";

/**
 * A range as a person writes it: `<2.17.1`, `>=1.0 <2`, `>=1,<2`, `=1.2`, `1.2` (exactly that), `<1 || >=2 <2.5`, `*`.
 * Which texts are versions depends on the ecosystem and shows when it is applied. Throws VersionError `bad-range`.
 */
export function parseVersionRange(text: string): VersionRange {
  if (text.length > maxRangeLength) throw badRange(text, `it is longer than ${maxRangeLength} characters`);
  if (text.trim() === '*') return { alternatives: [[]] };
  return { alternatives: text.split('||').map((alternative) => parseAlternative(alternative, text)) };
}

/**
 * Throws VersionError `bad-version` where the version, or a bound of the range, is none of this ecosystem. A bound for npm
 * and cargo may be short: `<2` is `<2.0.0`, as it is for the other ecosystems.
 */
export function versionInRange(ecosystem: Ecosystem, version: string, range: VersionRange): boolean {
  const parsed = parseVersion(ecosystem, version);
  return range.alternatives
    .map((bounds) =>
      bounds.map(({ operator, version: bound }) =>
        holds(parsed, operator, parseVersion(ecosystem, inFull(ecosystem, bound))),
      ),
    )
    .some((held) => held.every((one) => one));
}

function inFull(ecosystem: Ecosystem, bound: string): string {
  if ((ecosystem !== 'npm' && ecosystem !== 'cargo') || !/^v?[0-9]+(?:\.[0-9]+)?$/.test(bound)) return bound;
  return bound.includes('.') ? `${bound}.0` : `${bound}.0.0`;
}

function holds(version: Version, operator: Operator, bound: Version): boolean {
  return accepts[operator](version.compare(bound));
}

function parseAlternative(alternative: string, text: string): Bound[] {
  const bounds: Bound[] = [];
  const clause = /\s*(<=|>=|==|!=|<|>|=)?\s*([^\s,<>=!|]*)\s*(,?)/y;
  let comma = false;
  do {
    const match = clause.exec(alternative);
    if (!match) break;
    const [, operator, version, separator] = match;
    if (!version) throw badRange(text, operator ? `no version follows "${operator}"` : 'it has an empty part');
    if (/^[\^~*]/.test(version)) throw badRange(text, `"${version[0]}" is no operator here`);
    bounds.push({ operator: operator === '==' || !operator ? '=' : (operator as Operator), version });
    comma = separator === ',';
  } while (clause.lastIndex < alternative.length || comma);
  if (clause.lastIndex < alternative.length) throw badRange(text, `${quoteVersion(alternative.trim())} cannot be read`);
  if (bounds.filter((bound) => bound.operator === '=').length > 1) {
    throw badRange(text, 'two exact versions never hold at once; part alternatives by ||');
  }
  return bounds;
}

function badRange(text: string, reason: string): VersionError {
  return new VersionError('bad-range', `${quoteVersion(text)} is not a version range: ${reason}`, { remedy });
}
