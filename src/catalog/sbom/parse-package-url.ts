import type { PackageURL } from 'packageurl-js';
import { lazyLibrary } from '../../base/index.ts';
import type { Component, DistributionRelease } from '../../model/index.ts';
import { describeLanguagePackage, type LanguageEcosystem } from '../language-package.ts';
import { alpineRelease, debianRelease, distributionOf } from '../os-release/distribution-of.ts';
import { formatPackageUrl } from '../package-url.ts';

const packageUrl = lazyLibrary<typeof import('packageurl-js')>('packageurl-js');

const languages: readonly string[] = ['npm', 'pypi', 'golang', 'gem', 'cargo', 'composer', 'nuget'];
const longest = 2000;

/** What a bill says of a package beside its package URL. */
export interface PackageHints {
  /** Of the whole bill: for packages whose package URL names a distribution and no release. */
  readonly distribution?: DistributionRelease;
  readonly source?: { readonly name: string; readonly version: string };
}

/**
 * The component that a package URL of another tool names (ECMA-427; PURL-TYPES), by its canonical form here. The
 * qualifiers `distro`, `epoch` and `upstream` give release, epoch and source package, as Syft and Trivy write them.
 * Undefined for what is no package URL with a version, or of a type that is not known. Total.
 */
export function parsePackageUrl(text: string, hints: PackageHints = {}): Component | undefined {
  const purl = readPurl(text);
  if (!purl?.version) return undefined;
  const { type, namespace, name, version } = purl;
  const qualifiers = purl.qualifiers ?? {};
  if (languages.includes(type)) {
    const { licenses: _none, ...component } =
      describeLanguagePackage(type as LanguageEcosystem, namespace ? `${namespace}/${name}` : name, version) ?? {};
    return 'purl' in component ? (component as Component) : undefined;
  }
  const canonical = formatPackageUrl({ type, ...(namespace ? { namespace } : {}), name, version, qualifiers });
  if (type === 'generic') return { purl: canonical, ecosystem: 'generic', name, version };
  if (type === 'maven')
    return namespace ? { purl: canonical, ecosystem: 'maven', name: `${namespace}:${name}`, version } : undefined;
  if (type !== 'deb' && type !== 'apk' && type !== 'rpm') return undefined;
  const full = withEpoch(version, qualifiers.epoch);
  const distribution = releaseOf(namespace ?? undefined, qualifiers.distro, hints.distribution);
  return {
    purl: canonical,
    ecosystem: type,
    name,
    version: full,
    ...(distribution ? { distribution } : {}),
    source: hints.source ?? sourceOf(type, qualifiers.upstream, { name, version: full }, qualifiers.epoch),
  };
}

function readPurl(text: string): PackageURL | undefined {
  if (text.length > longest) return undefined;
  try {
    return packageUrl().PackageURL.fromString(text);
  } catch {
    // Its errors have no class of their own; whatever it throws, the text is no package URL, and is counted as untold.
    return undefined;
  }
}

function withEpoch(version: string, epoch: string | undefined): string {
  return epoch && /^[1-9]\d{0,9}$/.test(epoch) && !/^\d+:/.test(version) ? `${epoch}:${version}` : version;
}

/** `debian-12.4`, `ubuntu-22.04`, `alpine-3.19.1`, `redhat-9.3`, or a code name alone, which Debian's tools write. */
function releaseOf(
  namespace: string | undefined,
  distro: string | undefined,
  ofBill: DistributionRelease | undefined,
): DistributionRelease | undefined {
  const [, named, version] = /^(?:([a-z][a-z0-9._]*(?:-[a-z][a-z]*)?)-)?(.+)$/i.exec(distro ?? '') ?? [];
  const id = idOf(named ?? namespace);
  if (version === undefined || id === undefined)
    return ofBill && (id === undefined || id === ofBill.id) ? ofBill : undefined;
  return parseRelease(id, version);
}

/** A distribution by its ID and its version as os-release has it, or a point release of it; undefined where there is none. */
export function parseRelease(id: string, version: string): DistributionRelease | undefined {
  if (id === 'debian')
    return { id, release: /^\d/.test(version) ? version.replace(/\..*$/s, '') : debianRelease(version) };
  if (id === 'alpine') return { id, release: alpineRelease(version.replace(/^v/, '')) };
  const found = distributionOf(
    new Map([
      ['ID', id],
      ['VERSION_ID', version],
    ]),
  );
  return found && { id: found.id, release: found.release };
}

/** Package URLs name the vendor, os-release the system. */
export function idOf(name: string | undefined): string | undefined {
  const id = name?.toLowerCase();
  return id === 'redhat' ? 'rhel' : id;
}

/** Syft writes `glibc`, `glibc@2.36-9` for deb and apk, and the file name of the source package for rpm. */
function sourceOf(
  type: 'deb' | 'apk' | 'rpm',
  upstream: string | undefined,
  own: { readonly name: string; readonly version: string },
  epoch: string | undefined,
): { name: string; version: string } {
  if (!upstream) return own;
  if (type !== 'rpm') {
    const at = upstream.lastIndexOf('@');
    return at > 0
      ? { name: upstream.slice(0, at), version: upstream.slice(at + 1) }
      : { name: upstream, version: own.version };
  }
  const [, name, version] = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(upstream) ?? [];
  return name && version ? { name, version: withEpoch(version, epoch) } : own;
}
