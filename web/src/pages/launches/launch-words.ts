import type { LaunchFilter } from '../../api/launch-queries.ts';

export const launchFilters = ['refused', 'observed', 'undecided', 'started'] as const;
export type LaunchFilterName = (typeof launchFilters)[number];

export function launchFilterOf(value: unknown): LaunchFilterName | undefined {
  return launchFilters.find((name) => name === value);
}

/** What the API is asked for each choice. */
export function questionOf(show: LaunchFilterName | undefined): LaunchFilter {
  if (show === 'refused') return { outcome: 'deny' };
  if (show === 'undecided') return { outcome: 'undecided' };
  if (show === 'observed') return { observed: 'true' };
  return show === 'started' ? { outcome: 'allow', observed: 'false' } : {};
}
