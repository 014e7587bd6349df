import type { FeedFormat } from '../model/index.ts';

/** A feed that can be added by its name alone. */
export interface WellKnownFeed {
  readonly id: string;
  readonly location: string;
  readonly format: FeedFormat;
  /** What it covers, for a person. */
  readonly covers: string;
}

const osv = 'https://osv-vulnerabilities.storage.googleapis.com';
const secdb = 'https://secdb.alpinelinux.org';

/** Published by those who know best, free to use, and updated at least daily. */
export const wellKnownFeeds: readonly WellKnownFeed[] = [
  {
    id: 'debian',
    location: 'https://security-tracker.debian.org/tracker/data/json',
    format: 'debian-tracker',
    covers: 'all releases of Debian',
  },
  { id: 'alpine', location: `${osv}/Alpine/all.zip`, format: 'osv', covers: 'all releases of Alpine' },
  { id: 'ubuntu', location: `${osv}/Ubuntu/all.zip`, format: 'osv', covers: 'all releases of Ubuntu' },
  { id: 'npm', location: `${osv}/npm/all.zip`, format: 'osv', covers: 'npm packages' },
  { id: 'pypi', location: `${osv}/PyPI/all.zip`, format: 'osv', covers: 'Python packages' },
  { id: 'go', location: `${osv}/Go/all.zip`, format: 'osv', covers: 'Go modules and the standard library' },
  ...['v3.18', 'v3.19', 'v3.20', 'v3.21', 'v3.22', 'v3.23', 'edge'].flatMap((release) =>
    ['main', 'community'].map((repository) => ({
      id: `alpine-${release}-${repository}`,
      location: `${secdb}/${release}/${repository}.json`,
      format: 'alpine-secdb' as const,
      covers: `fixes of Alpine ${release}, ${repository}`,
    })),
  ),
];
