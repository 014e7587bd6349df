import type { BillOfMaterials } from '../../model/index.ts';

export type Distribution = NonNullable<BillOfMaterials['distribution']>;

/** Releases of Debian that its advisories number while os-release of testing has a code name only. */
const debianReleases: Readonly<Record<string, string>> = {
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  duke: '15',
};

/** Distributions that have no releases: their advisories know one state of the world only. */
const rolling: ReadonlySet<string> = new Set(['wolfi', 'chainguard', 'arch', 'opensuse-tumbleweed', 'gentoo', 'void']);

/** Distributions whose advisories are for a major release and all its minor ones. */
const majorOnly: ReadonlySet<string> = new Set(['rhel', 'centos', 'rocky', 'almalinux', 'ol']);

/**
 * The distribution that an os-release tells, with its release as advisory feeds call it: Debian `12` or `sid`, Ubuntu
 * `22.04`, Alpine `v3.19` or `edge`, Red Hat and its kin `9`, `rolling` where there are no releases, VERSION_ID as it is
 * for all others.
 * Undefined where the file has no ID, or a release that is no word: it becomes part of keys and is shown.
 */
export function distributionOf(values: ReadonlyMap<string, string>): Distribution | undefined {
  const id = values.get('ID')?.toLowerCase();
  if (!id || !/^[a-z0-9._-]{1,64}$/.test(id)) return undefined;
  const release = releaseOf(id, values);
  if (!/^[A-Za-z0-9._+~-]{1,64}$/.test(release)) return undefined;
  const prettyName =
    values.get('PRETTY_NAME') || [values.get('NAME') || id, values.get('VERSION') ?? ''].join(' ').trim();
  return { id, release, prettyName };
}

function releaseOf(id: string, values: ReadonlyMap<string, string>): string {
  const version = values.get('VERSION_ID') ?? '';
  if (id === 'alpine') return alpineRelease(version, values.get('PRETTY_NAME') ?? '');
  if (rolling.has(id)) return 'rolling';
  if (version) return majorOnly.has(id) ? version.replace(/^(\d+)\..*$/s, '$1') : version;
  const codename = values.get('VERSION_CODENAME') ?? '';
  if (id === 'debian') return debianRelease(codename);
  return codename || values.get('BUILD_ID') || 'unknown';
}

/** Testing has its coming number; a system that says no more than testing or unstable is unstable. */
export function debianRelease(codename: string): string {
  return (Object.hasOwn(debianReleases, codename) && debianReleases[codename]) || 'sid';
}

/** Edge names the release that it will become, with the day of the snapshot: `3.20_alpha20240329`. */
export function alpineRelease(version: string, prettyName = ''): string {
  const match = /^(\d+\.\d+)(?:\.\d+)*$/.exec(version);
  return match && !/\bedge\b/.test(prettyName) ? `v${match[1]}` : 'edge';
}
