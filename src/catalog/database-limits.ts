/**
 * Bounds for what one package database may make of itself in memory. No system comes near them; what a database has
 * beyond is not read, and a problem says so.
 */
export const databaseLimits = {
  bytes: 64 * 1024 * 1024,
  packages: 200_000,
  /** Bad lines and stanzas, after which it is taken for no database at all. */
  problems: 10_000,
  /** Of all packages together. */
  ownedFiles: 4_000_000,
} as const;

/** A line of a database that could not be read. */
export interface LineProblem {
  readonly line: number;
  readonly reason: string;
}

/** Whether a parser must stop before `line`; then it says so among the problems. */
export function isOverLimits(packages: number, problems: LineProblem[], line: number): boolean {
  if (packages < databaseLimits.packages && problems.length < databaseLimits.problems) return false;
  const what = packages < databaseLimits.packages ? 'problems' : 'packages';
  problems.push({ line, reason: `comes after ${databaseLimits[what]} ${what}; it and all after it were not read` });
  return true;
}
