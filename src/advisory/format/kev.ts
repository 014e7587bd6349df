import { asArray, asObject, asString, type Instant, parseInstant } from '../../base/index.ts';
import type { ExploitedRemark } from '../../model/index.ts';
import { AdvisoryError } from '../advisory-error.ts';
import { parseAdvisoryId, quote, RecordFault } from './record.ts';

export interface KevCatalog {
  readonly dataAsOf?: Instant;
  readonly exploited: readonly ExploitedRemark[];
  /** The reasons for entries that were rejected. */
  readonly rejected: readonly string[];
}

const mostEntries = 200_000;

/**
 * The Known Exploited Vulnerabilities catalog of CISA (cisa.gov/known-exploited-vulnerabilities-catalog, its JSON schema).
 * Also one entry of it alone, as mirrors keep one a line. It says what is attacked, not what is affected: it orders
 * findings, and makes none. Throws AdvisoryError `bad-feed`.
 */
export function parseKev(value: unknown): KevCatalog {
  const catalog = asObject(value);
  const entries =
    asArray(catalog?.vulnerabilities) ?? (catalog && Object.hasOwn(catalog, 'cveID') ? [catalog] : undefined);
  if (!entries) throw new AdvisoryError('bad-feed', 'the catalog of known exploited flaws has no "vulnerabilities"');
  if (entries.length > mostEntries) {
    throw new AdvisoryError('too-large', `the catalog of known exploited flaws has more than ${mostEntries} entries`);
  }
  const exploited = new Map<string, ExploitedRemark>();
  const rejected: string[] = [];
  for (const entry of entries) {
    try {
      const parsed = parseEntry(entry);
      exploited.set(parsed.flaw, parsed);
    } catch (error) {
      if (!(error instanceof RecordFault)) throw error;
      rejected.push(error.message);
    }
  }
  const dataAsOf = parseInstant(asString(catalog?.dateReleased) ?? '');
  return { ...(dataAsOf === undefined ? {} : { dataAsOf }), exploited: [...exploited.values()], rejected };
}

function parseEntry(value: unknown): ExploitedRemark {
  const entry = asObject(value);
  if (!entry) throw new RecordFault('an entry is not an object');
  const id = parseAdvisoryId(entry.cveID);
  const due = parseInstant(asString(entry.dueDate) ?? '');
  const since = parseInstant(asString(entry.dateAdded) ?? '');
  if (since === undefined) throw new RecordFault(`${id} was added at no date: ${quote(entry.dateAdded)}`);
  return {
    kind: 'exploited',
    flaw: id,
    since,
    ...(due === undefined ? {} : { due }),
    ransomware: entry.knownRansomwareCampaignUse === 'Known',
  };
}
