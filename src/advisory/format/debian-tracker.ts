import { asObject, asString } from '../../base/index.ts';
import type { Advisory, AffectedPackage, Severity } from '../../model/index.ts';
import { parseAdvisoryId, parsePackageName, quote, RecordFault, type RecordResult } from './record.ts';
import { severityOfWord, worstSeverity } from './severity.ts';

/** Code names of Debian's releases, by which its tracker speaks, and their numbers, by which everyone else does. */
const releases: Readonly<Record<string, string>> = {
  woody: '3.0',
  sarge: '3.1',
  etch: '4',
  lenny: '5',
  squeeze: '6',
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
  sid: 'sid',
};

interface Flaw {
  description: string;
  readonly affected: AffectedPackage[];
  readonly skipped: string[];
}

/** What the packages of a tracker said so far, a flaw an entry. */
export type TrackerFlaws = Map<string, Flaw>;

/**
 * Adds packages of the Debian security tracker's export (security-tracker.debian.org/tracker/data/json): source package →
 * flaw → release → state. A flaw of several packages becomes one advisory. `fixed_version` `0` says that the release was
 * never affected; `open` that no fix is there; `undetermined` that nobody knows, which stays so in matching. Gives the
 * reasons for entries that were rejected.
 */
export function addTrackerPackages(into: TrackerFlaws, value: unknown): string[] {
  const packages = asObject(value);
  if (!packages) return ['it is not a JSON object'];
  const rejected: string[] = [];
  for (const [source, item] of Object.entries(packages)) {
    const entries = asObject(item);
    if (!entries) rejected.push(`${quote(source)} is not an object`);
    for (const [id, entry] of Object.entries(entries ?? {})) {
      const reason = addEntry(into, source, id, entry);
      if (reason !== undefined) rejected.push(`${quote(source)}, ${quote(id)}: ${reason}`);
    }
  }
  return rejected;
}

/** The flaws as advisories; those that affect no release are skipped. */
export function* compileTracker(flaws: TrackerFlaws): Generator<RecordResult> {
  for (const [id, { description, affected, skipped }] of flaws) {
    if (affected.length === 0) yield { kind: 'skipped', skipped: ['no release of Debian is affected', ...skipped] };
    else yield { kind: 'advisory', advisory: compileAdvisory(id, description, affected), skipped };
  }
}

/** The reason where the entry is rejected. */
function addEntry(flaws: TrackerFlaws, source: string, id: string, value: unknown): string | undefined {
  try {
    parseAdvisoryId(id);
    const name = parsePackageName(source);
    const entry = asObject(value);
    const states = asObject(entry?.releases);
    if (!entry || !states) throw new RecordFault('it has no releases');
    const skipped: string[] = [];
    const affected = Object.entries(states).flatMap(([codename, state]) => parseState(name, codename, state, skipped));
    const flaw = flaws.get(id) ?? { description: '', affected: [], skipped: [] };
    flaw.affected.push(...affected);
    flaw.skipped.push(...skipped);
    flaw.description ||= asString(entry.description) ?? '';
    flaws.set(id, flaw);
    return undefined;
  } catch (error) {
    if (error instanceof RecordFault) return error.message;
    throw error;
  }
}

function parseState(name: string, codename: string, value: unknown, skipped: string[]): AffectedPackage[] {
  const state = asObject(value);
  if (!state) throw new RecordFault(`the state in ${quote(codename)} is not an object`);
  if (!Object.hasOwn(releases, codename)) {
    skipped.push(`Debian release ${codename.slice(0, 60)} is not known`);
    return [];
  }
  const severity = severityOfWord(state.urgency);
  const affected = {
    ecosystem: 'deb',
    distribution: { id: 'debian', release: releases[codename] as string },
    name,
    versions: [],
    ...(severity === 'unknown' ? {} : { severity }),
  } as const;
  const fixed = asString(state.fixed_version);
  switch (state.status) {
    case 'resolved':
      if (fixed === undefined) throw new RecordFault(`it is resolved in ${quote(codename)} by no version`);
      return fixed === '0' ? [] : [{ ...affected, ranges: [{ introduced: '0', fixed }] }];
    case 'open':
      if (fixed === '0') return [];
      return [{ ...affected, ranges: [{ introduced: '0', ...(fixed === undefined ? {} : { fixed }) }] }];
    case 'undetermined':
      return [{ ...affected, ranges: [] }];
    default:
      throw new RecordFault(`${quote(state.status)} is not a status`);
  }
}

function compileAdvisory(id: string, description: string, affected: readonly AffectedPackage[]): Advisory {
  const severity: Severity = worstSeverity(affected.map((entry) => entry.severity ?? 'unknown'));
  return {
    id,
    aliases: [],
    summary: description.slice(0, 500),
    severity,
    cvss: [],
    references: [`https://security-tracker.debian.org/tracker/${id}`],
    affected,
  };
}
