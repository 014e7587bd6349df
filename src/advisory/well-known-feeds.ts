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
  {
    id: 'redhat',
    location: `${osv}/Red%20Hat/all.zip`,
    format: 'osv',
    covers: 'all releases of Red Hat Enterprise Linux',
  },
  { id: 'rocky', location: `${osv}/Rocky%20Linux/all.zip`, format: 'osv', covers: 'all releases of Rocky Linux' },
  { id: 'almalinux', location: `${osv}/AlmaLinux/all.zip`, format: 'osv', covers: 'all releases of AlmaLinux' },
  { id: 'suse', location: `${osv}/SUSE/all.zip`, format: 'osv', covers: 'all releases of SUSE Linux Enterprise' },
  { id: 'opensuse', location: `${osv}/openSUSE/all.zip`, format: 'osv', covers: 'openSUSE Leap and Tumbleweed' },
  { id: 'wolfi', location: `${osv}/Wolfi/all.zip`, format: 'osv', covers: 'Wolfi' },
  { id: 'chainguard', location: `${osv}/Chainguard/all.zip`, format: 'osv', covers: 'Chainguard' },
  { id: 'npm', location: `${osv}/npm/all.zip`, format: 'osv', covers: 'npm packages' },
  { id: 'pypi', location: `${osv}/PyPI/all.zip`, format: 'osv', covers: 'Python packages' },
  { id: 'go', location: `${osv}/Go/all.zip`, format: 'osv', covers: 'Go modules and the standard library' },
  { id: 'maven', location: `${osv}/Maven/all.zip`, format: 'osv', covers: 'Java packages' },
  { id: 'rubygems', location: `${osv}/RubyGems/all.zip`, format: 'osv', covers: 'Ruby gems' },
  { id: 'crates', location: `${osv}/crates.io/all.zip`, format: 'osv', covers: 'Rust crates' },
  { id: 'packagist', location: `${osv}/Packagist/all.zip`, format: 'osv', covers: 'PHP packages' },
  { id: 'nuget', location: `${osv}/NuGet/all.zip`, format: 'osv', covers: '.NET packages' },
  {
    id: 'kev',
    location: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
    format: 'kev',
    covers: 'flaws that are known to be exploited',
  },
  {
    id: 'epss',
    location: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz',
    format: 'epss',
    covers: 'how likely each CVE is to be exploited',
  },
  ...['v3.18', 'v3.19', 'v3.20', 'v3.21', 'v3.22', 'v3.23', 'edge'].flatMap((release) =>
    ['main', 'community'].map((repository) => ({
      id: `alpine-${release}-${repository}`,
      location: `${secdb}/${release}/${repository}.json`,
      format: 'alpine-secdb' as const,
      covers: `fixes of Alpine ${release}, ${repository}`,
    })),
  ),
];
