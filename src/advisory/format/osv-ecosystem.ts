import type { DistributionRelease, Ecosystem } from '../../model/index.ts';

export interface PackageHome {
  readonly ecosystem: Ecosystem;
  readonly distribution?: DistributionRelease;
}

const languages: Readonly<Record<string, Ecosystem>> = {
  npm: 'npm',
  PyPI: 'pypi',
  Go: 'golang',
  Maven: 'maven',
  RubyGems: 'gem',
  'crates.io': 'cargo',
  Packagist: 'composer',
  NuGet: 'nuget',
};

/** Distributions without releases, as the catalogers name them. */
const rolling: Readonly<Record<string, PackageHome>> = {
  Wolfi: { ecosystem: 'apk', distribution: { id: 'wolfi', release: 'rolling' } },
  Chainguard: { ecosystem: 'apk', distribution: { id: 'chainguard', release: 'rolling' } },
  'openSUSE:Tumbleweed': { ecosystem: 'rpm', distribution: { id: 'opensuse-tumbleweed', release: 'rolling' } },
};

/** Each pattern takes the release, and for SUSE its service pack. */
const distributions: readonly { pattern: RegExp; ecosystem: Ecosystem; id: string }[] = [
  { pattern: /^Debian:([0-9]+(?:\.[0-9]+)?|sid)$/, ecosystem: 'deb', id: 'debian' },
  { pattern: /^Alpine:(v[0-9]+\.[0-9]+|edge)$/, ecosystem: 'apk', id: 'alpine' },
  { pattern: /^Ubuntu:(?:Pro:)?([0-9]{2}\.[0-9]{2})(?::LTS)?$/, ecosystem: 'deb', id: 'ubuntu' },
  { pattern: /^Red Hat:enterprise_linux:([0-9]+)(?:\.[0-9]+)?(?:::[a-z_]+)?$/, ecosystem: 'rpm', id: 'rhel' },
  { pattern: /^Rocky Linux:([0-9]+)$/, ecosystem: 'rpm', id: 'rocky' },
  { pattern: /^AlmaLinux:([0-9]+)$/, ecosystem: 'rpm', id: 'almalinux' },
  { pattern: /^openSUSE:Leap ([0-9]+\.[0-9]+)$/, ecosystem: 'rpm', id: 'opensuse-leap' },
  {
    pattern:
      /^SUSE:Linux Enterprise (?!Live Patching|Micro)[A-Za-z ]+? ([0-9]+(?:\.[0-9]+)?)(?: SP([0-9]+))?(?:-[A-Z]+)*$/,
    ecosystem: 'rpm',
    id: 'sles',
  },
];

/**
 * An ecosystem as OSV writes it: `npm`, `Debian:12`, `Alpine:v3.19`, `Ubuntu:22.04:LTS`, `Ubuntu:Pro:16.04:LTS` (the same
 * packages, maintained for longer), `Red Hat:enterprise_linux:9::baseos` (every repository of a release is the release,
 * but not its extended update streams, whose versions part from it), `SUSE:Linux Enterprise Module for Basesystem 15 SP5`
 * (every module of a release, too). The repository after `Maven:` and `Packagist:` does not matter: names are the same in
 * all. Undefined for one that is not supported, and for a distribution without a release, whose versions say nothing
 * about any.
 */
export function parseOsvEcosystem(name: string): PackageHome | undefined {
  const language = name.replace(/^(Maven|Packagist):https?:.*$/, '$1');
  if (Object.hasOwn(languages, language)) return { ecosystem: languages[language] as Ecosystem };
  if (Object.hasOwn(rolling, name)) return rolling[name];
  for (const { pattern, ecosystem, id } of distributions) {
    const [, release, servicePack] = pattern.exec(name) ?? [];
    if (release === undefined) continue;
    return { ecosystem, distribution: { id, release: servicePack ? `${release}.${servicePack}` : release } };
  }
  return undefined;
}

/**
 * The name by which packages of the ecosystem are compared: PEP 503 for PyPI, lower case where letter case does not
 * count, as it is for the others.
 */
export function canonicalPackageName(ecosystem: Ecosystem, name: string): string {
  if (ecosystem === 'pypi') return name.toLowerCase().replace(/[-_.]+/g, '-');
  return ecosystem === 'composer' || ecosystem === 'nuget' ? name.toLowerCase() : name;
}
