import {
  asArray,
  asObject,
  asString,
  asStrings,
  type Instant,
  type JsonObject,
  parseInstant,
} from '../../base/index.ts';
import type { Advisory, AffectedPackage, Severity, VersionRange } from '../../model/index.ts';
import { canonicalPackageName, parseOsvEcosystem } from './osv-ecosystem.ts';
import { parseOsvRange } from './osv-ranges.ts';
import { isAdvisoryId, parseAdvisoryId, parsePackageName, quote, RecordFault, type RecordResult } from './record.ts';
import { severityOfCvss, severityOfWord, worstSeverity } from './severity.ts';

const limits = {
  aliases: 1000,
  references: 200,
  summary: 500,
  details: 64 * 1024,
  versions: 100_000,
  affected: 50_000,
};

/**
 * One record of the Open Source Vulnerability format (ossf.github.io/osv-schema, 1.7). Packages of ecosystems that
 * Portwarden does not know are left out and named in `skipped`; a package for which there is nothing to compare stays
 * without ranges, so that matching calls it undetermined. Never throws.
 */
export function parseOsvRecord(value: unknown): RecordResult {
  try {
    return parseRecord(value);
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    const id = asObject(value)?.id;
    const name = typeof id === 'string' && isAdvisoryId(id) ? `${id}: ` : '';
    return { kind: 'rejected', reason: `${name}${error.message}` };
  }
}

function parseRecord(value: unknown): RecordResult {
  const record = asObject(value);
  if (!record) throw new RecordFault('it is not a JSON object');
  const id = parseAdvisoryId(record.id);
  const entries = asArray(record.affected ?? []);
  if (!entries) throw new RecordFault('"affected" is not a list');
  if (entries.length > limits.affected) throw new RecordFault(`it names more than ${limits.affected} packages`);
  const affected: AffectedPackage[] = [];
  const skipped: string[] = [];
  for (const entry of entries) {
    const parsed = parseAffected(entry);
    if (typeof parsed === 'string') skipped.push(parsed);
    else affected.push(parsed);
  }
  if (affected.length === 0) return { kind: 'skipped', skipped: skipped.length > 0 ? skipped : ['no package named'] };
  const withdrawn = parseTime(record, 'withdrawn');
  const cvss = cvssVectors(record, entries);
  const advisory: Advisory = {
    id,
    aliases: parseAliases(record, id),
    summary: (asString(record.summary) ?? '').slice(0, limits.summary),
    ...optional('details', asString(record.details)?.slice(0, limits.details)),
    severity: severityOf(record, cvss, affected),
    cvss,
    ...optional('published', parseTime(record, 'published')),
    ...optional('modified', parseTime(record, 'modified')),
    ...optional('withdrawn', withdrawn),
    references: parseReferences(record),
    affected,
  };
  return { kind: 'advisory', advisory, skipped };
}

/** What is affected, or the reason why it is none of ours. */
function parseAffected(value: unknown): AffectedPackage | string {
  const entry = asObject(value);
  if (!entry) throw new RecordFault('an entry of "affected" is not an object');
  if (entry.package === undefined) return 'no package named';
  const named = asObject(entry.package);
  if (!named) throw new RecordFault('a package is not an object');
  if (typeof named.ecosystem !== 'string') throw new RecordFault('a package has no ecosystem');
  const home = parseOsvEcosystem(named.ecosystem);
  if (!home) return `ecosystem ${named.ecosystem.slice(0, 60)} is not supported`;
  const name = canonicalPackageName(home.ecosystem, parsePackageName(named.name));
  const rangeList = asArray(entry.ranges ?? []);
  if (!rangeList) throw new RecordFault(`the ranges of ${quote(name)} are not a list`);
  const versions = asArray(entry.versions ?? []);
  if (!versions?.every((version) => typeof version === 'string')) {
    throw new RecordFault(`the versions of ${quote(name)} are not a list of texts`);
  }
  if (versions.length > limits.versions)
    throw new RecordFault(`${quote(name)} lists more than ${limits.versions} versions`);
  const ranges: VersionRange[] = rangeList.flatMap((range) => parseOsvRange(range, home.ecosystem));
  return { ...home, name, ranges, versions, ...optional('severity', packageSeverity(entry)) };
}

/** What the publisher says of it for this package: Debian's urgency, Ubuntu's priority, a CVSS vector. */
function packageSeverity(entry: JsonObject): Severity | undefined {
  const own = (asArray(entry.severity) ?? []).map(severityOfEntry);
  const details = [asObject(entry.ecosystem_specific), asObject(entry.database_specific)];
  const stated = details.flatMap((specific) => [specific?.urgency, specific?.severity]).map(severityOfWord);
  const worst = worstSeverity([...own, ...stated]);
  return worst === 'unknown' ? undefined : worst;
}

function severityOf(record: JsonObject, cvss: readonly string[], affected: readonly AffectedPackage[]): Severity {
  // A malicious package (ossf/malicious-packages) is no flaw but an attack, to which its publishers give no severity.
  if (asString(record.id)?.startsWith('MAL-')) return 'critical';
  const stated = severityOfWord(asObject(record.database_specific)?.severity);
  if (stated !== 'unknown') return stated;
  const entries = (asArray(record.severity) ?? []).map(severityOfEntry);
  const worst = worstSeverity([...entries, ...cvss.map(severityOfCvss)]);
  return worst === 'unknown' ? worstSeverity(affected.map((entry) => entry.severity ?? 'unknown')) : worst;
}

function severityOfEntry(value: unknown): Severity {
  const entry = asObject(value);
  const score = asString(entry?.score);
  if (score === undefined) return 'unknown';
  return asString(entry?.type)?.startsWith('CVSS_') ? severityOfCvss(score) : severityOfWord(score);
}

function cvssVectors(record: JsonObject, affected: readonly unknown[]): string[] {
  const vectors = new Set<string>();
  for (const holder of [record, ...affected.map(asObject)]) {
    for (const value of asArray(holder?.severity) ?? []) {
      const entry = asObject(value);
      const score = asString(entry?.score);
      if (score && score.length <= 512 && asString(entry?.type)?.startsWith('CVSS_')) vectors.add(score);
    }
  }
  return [...vectors].slice(0, 20);
}

/**
 * Other names of the flaw. A distribution's advisory is about the flaws that it repackages (`upstream`), which older
 * exports gave as `related`.
 */
function parseAliases(record: JsonObject, id: string): string[] {
  const names = [...asStrings(record.aliases), ...asStrings(record.upstream)];
  if (/^(?:DSA|DLA|DTSA|USN|RHSA|RLSA|ALSA|SUSE-SU|openSUSE-SU)-/.test(id))
    names.push(...asStrings(record.related).filter((name) => name.startsWith('CVE-')));
  const aliases = new Set(names.filter((name) => name !== id && isAdvisoryId(name)));
  return [...aliases].slice(0, limits.aliases);
}

/** Only what a browser may follow. */
function parseReferences(record: JsonObject): string[] {
  const urls = (asArray(record.references) ?? []).map((entry) => asString(asObject(entry)?.url));
  return [...new Set(urls)]
    .filter((url): url is string => url !== undefined && url.length <= 2048 && /^https?:\/\/[^\s<>"]+$/i.test(url))
    .slice(0, limits.references);
}

function parseTime(record: JsonObject, field: 'published' | 'modified' | 'withdrawn'): Instant | undefined {
  const value = record[field];
  if (value === undefined || value === null) return undefined;
  const text = asString(value);
  const instant = text === undefined ? undefined : parseInstant(text);
  if (instant === undefined && !text?.startsWith('0001-01-01'))
    throw new RecordFault(`"${field}" is not a time: ${quote(value)}`);
  return instant;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });
}
