import type { DistributionRelease, Ecosystem } from '../../model/index.ts';

export interface PackageHome {
  readonly ecosystem: Ecosystem;
  readonly distribution?: DistributionRelease;
}

const languages: Readonly<Record<string, Ecosystem>> = { npm: 'npm', PyPI: 'pypi', Go: 'golang' };

/** Distributions without releases, as the catalogers name them. */
const rolling: Readonly<Record<string, string>> = { Wolfi: 'wolfi', Chainguard: 'chainguard' };

/**
 * An ecosystem as OSV writes it: `npm`, `Debian:12`, `Alpine:v3.19`, `Ubuntu:22.04:LTS`, `Ubuntu:Pro:16.04:LTS` (the same
 * packages, maintained for longer). Undefined for one that is not supported, and for a distribution without a release,
 * whose versions say nothing about any.
 */
export function parseOsvEcosystem(name: string): PackageHome | undefined {
  if (Object.hasOwn(languages, name)) return { ecosystem: languages[name] as Ecosystem };
  if (Object.hasOwn(rolling, name)) {
    return { ecosystem: 'apk', distribution: { id: rolling[name] as string, release: 'rolling' } };
  }
  const debian = /^Debian:([0-9]+(?:\.[0-9]+)?|sid)$/.exec(name)?.[1];
  if (debian !== undefined) return { ecosystem: 'deb', distribution: { id: 'debian', release: debian } };
  const alpine = /^Alpine:(v[0-9]+\.[0-9]+|edge)$/.exec(name)?.[1];
  if (alpine !== undefined) return { ecosystem: 'apk', distribution: { id: 'alpine', release: alpine } };
  const ubuntu = /^Ubuntu:(?:Pro:)?([0-9]{2}\.[0-9]{2})(?::LTS)?$/.exec(name)?.[1];
  if (ubuntu !== undefined) return { ecosystem: 'deb', distribution: { id: 'ubuntu', release: ubuntu } };
  return undefined;
}

/** The name by which packages of the ecosystem are compared: PEP 503 for PyPI, as it is for the others. */
export function canonicalPackageName(ecosystem: Ecosystem, name: string): string {
  return ecosystem === 'pypi' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name;
}
