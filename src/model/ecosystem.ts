/**
 * Where a component's version order and its advisories come from. The words are the types of package URLs
 * (package-url/purl-spec, PURL-TYPES).
 */
export type Ecosystem = (typeof ecosystems)[number];

export const ecosystems = [
  'deb',
  'apk',
  'rpm',
  'npm',
  'pypi',
  'golang',
  'maven',
  'gem',
  'cargo',
  'composer',
  'nuget',
] as const;

/**
 * What a component may be of: an ecosystem, or a type of package URL whose versions have no order here. Nothing of the
 * latter is judged, and it is shown so. `generic` is a program that is known by a text in its binary.
 */
export type ComponentEcosystem = Ecosystem | 'generic';

export function hasVersionOrder(ecosystem: ComponentEcosystem): ecosystem is Ecosystem {
  return (ecosystems as readonly string[]).includes(ecosystem);
}

/** Names that people and advisory feeds use for the same thing. */
const aliases: Readonly<Record<string, Ecosystem>> = {
  deb: 'deb',
  debian: 'deb',
  ubuntu: 'deb',
  dpkg: 'deb',
  apk: 'apk',
  alpine: 'apk',
  wolfi: 'apk',
  chainguard: 'apk',
  rpm: 'rpm',
  redhat: 'rpm',
  'red hat': 'rpm',
  rhel: 'rpm',
  centos: 'rpm',
  fedora: 'rpm',
  rocky: 'rpm',
  'rocky linux': 'rpm',
  alma: 'rpm',
  almalinux: 'rpm',
  suse: 'rpm',
  opensuse: 'rpm',
  npm: 'npm',
  node: 'npm',
  pypi: 'pypi',
  python: 'pypi',
  pep440: 'pypi',
  go: 'golang',
  golang: 'golang',
  maven: 'maven',
  java: 'maven',
  gem: 'gem',
  rubygems: 'gem',
  ruby: 'gem',
  cargo: 'cargo',
  'crates.io': 'cargo',
  crates: 'cargo',
  rust: 'cargo',
  composer: 'composer',
  packagist: 'composer',
  php: 'composer',
  nuget: 'nuget',
  dotnet: 'nuget',
  '.net': 'nuget',
};

/** The ecosystem that a name stands for, in any case of letters; undefined for one that is not known. */
export function parseEcosystem(name: string): Ecosystem | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(aliases, key) ? aliases[key] : undefined;
}

/** Which release of which distribution a package was built for; its advisories are told apart by it. */
export interface DistributionRelease {
  /** The ID of os-release: `debian`, `ubuntu`, `alpine`. */
  readonly id: string;
  /**
   * What its advisory feeds call the release: Debian `12`, Ubuntu `22.04`, Alpine `v3.19`, Red Hat, Rocky Linux and
   * AlmaLinux `9`, SUSE `15.5`; `rolling` where there are none.
   */
  readonly release: string;
}

/** What a feed covers and a component needs: `npm`, `deb:debian:12`, `apk:alpine:v3.19`. */
export type CoverageKey = string;

export function coverageKey(ecosystem: ComponentEcosystem, distribution: DistributionRelease | undefined): CoverageKey {
  return distribution ? `${ecosystem}:${distribution.id}:${distribution.release}` : ecosystem;
}
