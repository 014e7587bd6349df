import type { RegistryDiff } from '../../api/wire.ts';

export interface RowChoice {
  /** A part of `repository:tag`. */
  readonly repository: string;
  readonly all: boolean;
}

/**
 * The rows that fit. What could not be looked at is no sameness: its row is among the differences, except where all of the
 * repository's tags could not be listed in that registry, which is told once for all of them.
 */
export function rowsShown({ registries, rows, failures }: RegistryDiff, { repository, all }: RowChoice) {
  const told = new Set(failures.map((failure) => `${failure.registry} ${failure.repository}`));
  const wanted = repository.trim().toLowerCase();
  return rows.filter((row) => {
    if (!`${row.repository}:${row.tag}`.toLowerCase().includes(wanted)) return false;
    if (all || row.differences.length > 0) return true;
    return row.cells.some(
      ({ message }, at) => message !== null && !told.has(`${registries[at]?.name} ${row.repository}`),
    );
  });
}
