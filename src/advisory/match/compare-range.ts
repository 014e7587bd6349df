import type { Ecosystem, VersionRange } from '../../model/index.ts';
import { parseVersion, type Version } from '../version/compare-versions.ts';
import { VersionError } from '../version/version-error.ts';

/** A range with its ends read, or with what is wrong with it. */
export interface RangeComparison {
  /** Absent: from the first version. */
  readonly introduced?: Version;
  readonly fixed?: Version;
  readonly lastAffected?: Version;
  readonly fault?: string;
}

/** Never throws: a range whose ends are no versions, or which ends before it begins, has a fault and affects nothing. */
export function compareRange(range: VersionRange, ecosystem: Ecosystem): RangeComparison {
  try {
    const introduced = range.introduced === '0' ? undefined : parseVersion(ecosystem, range.introduced);
    const fixed = range.fixed === undefined ? undefined : parseVersion(ecosystem, range.fixed);
    const lastAffected = range.lastAffected === undefined ? undefined : parseVersion(ecosystem, range.lastAffected);
    const end = fixed ?? lastAffected;
    if (introduced && end && end.compare(introduced) < 0) {
      return { fault: `its range ends at ${end.text}, before it begins at ${introduced.text}` };
    }
    return { ...(introduced && { introduced }), ...(fixed && { fixed }), ...(lastAffected && { lastAffected }) };
  } catch (error) {
    if (error instanceof VersionError) return { fault: error.message };
    throw error;
  }
}

export function isAffected(version: Version, range: RangeComparison): boolean {
  if (range.fault !== undefined) return false;
  if (range.introduced && version.compare(range.introduced) < 0) return false;
  if (range.fixed && version.compare(range.fixed) >= 0) return false;
  return !range.lastAffected || version.compare(range.lastAffected) <= 0;
}
