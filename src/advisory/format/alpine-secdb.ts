import { asArray, asObject, asString, asStrings } from '../../base/index.ts';
import type { Advisory, AffectedPackage, DistributionRelease } from '../../model/index.ts';
import { isAdvisoryId, parsePackageName, quote, RecordFault } from './record.ts';

/** What the documents of a security database said so far, a flaw an entry. */
export interface SecdbFlaws {
  readonly flaws: Map<string, { readonly aliases: Set<string>; readonly affected: AffectedPackage[] }>;
  readonly releases: Map<string, DistributionRelease>;
}

export function emptySecdb(): SecdbFlaws {
  return { flaws: new Map(), releases: new Map() };
}

/**
 * Adds one document of Alpine's security database (secdb.alpinelinux.org: a release and repository each): origin package
 * → version that fixed → flaws. Version `0` says that the package was never affected. The database says nothing of
 * flaws that are not fixed. Gives the reasons for entries that were rejected.
 */
export function addSecdbDocument(into: SecdbFlaws, value: unknown): string[] {
  const document = asObject(value);
  const release = asString(document?.distroversion);
  if (!document || release === undefined) return ['the document has no distroversion'];
  if (!/^(?:v[0-9]+\.[0-9]+|edge)$/.test(release)) return [`${quote(release)} is not a release of Alpine`];
  const distribution = { id: 'alpine', release };
  into.releases.set(release, distribution);
  const rejected: string[] = [];
  for (const item of asArray(document.packages) ?? []) {
    try {
      addPackage(into, item, distribution, rejected);
    } catch (error) {
      if (!(error instanceof RecordFault)) throw error;
      rejected.push(`${release}: ${error.message}`);
    }
  }
  return rejected;
}

function addPackage(into: SecdbFlaws, value: unknown, distribution: DistributionRelease, rejected: string[]): void {
  const item = asObject(asObject(value)?.pkg);
  const name = parsePackageName(item?.name);
  const secfixes = asObject(item?.secfixes ?? {});
  if (!secfixes) throw new RecordFault(`${name} has no secfixes`);
  for (const [fixed, entries] of Object.entries(secfixes)) {
    if (!Array.isArray(entries ?? []))
      rejected.push(`${distribution.release}: ${name} ${quote(fixed)} has no list of flaws`);
    for (const entry of asStrings(entries)) {
      const { ids, aliases } = parseEntry(entry);
      if (ids.length === 0)
        rejected.push(`${distribution.release}: ${name} ${quote(fixed)}: ${quote(entry)} names no flaw`);
      for (const id of ids) {
        const flaw = into.flaws.get(id) ?? { aliases: new Set(), affected: [] };
        into.flaws.set(id, flaw);
        for (const alias of aliases) flaw.aliases.add(alias);
        if (fixed === '0') continue;
        const ranges = [{ introduced: '0', fixed }];
        flaw.affected.push({ ecosystem: 'apk', distribution, name, ranges, versions: [] });
      }
    }
  }
}

/**
 * `CVE-2019-1 XSA-2`: one flaw under two names. `CVE-2019-1 CVE-2019-2`: two flaws. Words in between
 * (`(+ regression fix)`) are none, and people mistype `CVE_2019-1` and `CVE 2019-1`.
 */
function parseEntry(entry: string): { ids: readonly string[]; aliases: readonly string[] } {
  const names = entry
    .replace(/\bCVE[ _](?=[0-9]{4}-)/g, 'CVE-')
    .split(/[\s,;()]+/)
    .filter((word) => /^[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9-]*[0-9]/.test(word) && isAdvisoryId(word));
  const cves = names.filter((name) => name.startsWith('CVE-'));
  if (cves.length > 1) return { ids: cves, aliases: [] };
  const id = cves[0] ?? names[0];
  return id === undefined ? { ids: [], aliases: [] } : { ids: [id], aliases: names.filter((name) => name !== id) };
}

/** The flaws as advisories; those of packages that were never affected are left out. */
export function* compileSecdb(from: SecdbFlaws): Generator<Advisory> {
  for (const [id, { aliases, affected }] of from.flaws) {
    if (affected.length === 0) continue;
    yield {
      id,
      aliases: [...aliases],
      summary: '',
      severity: 'unknown',
      cvss: [],
      references: id.startsWith('CVE-') ? [`https://security.alpinelinux.org/vuln/${id}`] : [],
      affected,
    };
  }
}
