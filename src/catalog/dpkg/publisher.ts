import type { DpkgPackage } from './parse-dpkg-status.ts';

/**
 * Who published a package. `other`: somebody else than the distribution, whose advisories then say nothing about it.
 * `unclear`: its maintainer lives where the product does, as vendors do and a few maintainers of distributions too.
 */
export type Publisher = 'distribution' | 'other' | 'unclear';

/**
 * The publisher, as far as a package shows it, for nothing in dpkg's database states it. Taken for another's is what
 * the packages of Debian do not have (Debian policy 5.6.2 and 9.1.2, FHS 3.13): a vendor of another name, a maintainer
 * without an address, a maintainer's house in the version (`20.1.0-1nodesource1`), files in /opt or /usr/local.
 */
export function publisherOf(
  item: Pick<DpkgPackage, 'version' | 'maintainer' | 'homepage' | 'vendor'>,
  ownedFiles: readonly string[],
  distributionId: string,
): Publisher {
  if (item.vendor && !item.vendor.toLowerCase().includes(distributionId)) return 'other';
  if (ownedFiles.some((path) => path.startsWith('/opt/') || path.startsWith('/usr/local/'))) return 'other';
  if (item.maintainer === undefined) return 'distribution';
  const house = houseOf(/@([A-Za-z0-9.-]+)>?\s*$/.exec(item.maintainer)?.[1]);
  if (house === undefined) return 'other';
  if (families.has(house) || house === distributionId) return 'distribution';
  // Short parts, such as the `co` of co.uk, are nobody's.
  if (house.length > 4 && item.version.includes(house)) return 'other';
  const home = houseOf(/^https?:\/\/([A-Za-z0-9.-]+)/.exec(item.homepage ?? '')?.[1]);
  return house === home && house.length > 2 ? 'unclear' : 'distribution';
}

/** Derivatives take over packages as they are. */
const families: ReadonlySet<string> = new Set(['debian', 'ubuntu']);

/** `docker` for download.docker.com. */
function houseOf(host: string | undefined): string | undefined {
  return host?.toLowerCase().split('.').at(-2);
}
