import type { DpkgPackage } from './parse-dpkg-status.ts';

/**
 * Whether somebody other than the distribution published a package, as far as the package shows it. The advisories of
 * the distribution say nothing about such a one, so what lies inside it must go on counting by itself. Nothing in
 * dpkg's database states it; these are what Debian's own packages do not have (Debian policy 5.6.2, 9.1.2, FHS 3.13):
 * a vendor of another name, a maintainer without an address or at the home of the product, a maintainer's house named
 * in the version (`20.1.0-1nodesource1`), files in /opt or /usr/local.
 */
export function isForeignPackage(
  item: Pick<DpkgPackage, 'version' | 'maintainer' | 'homepage' | 'vendor'>,
  ownedFiles: readonly string[],
  distributionId: string,
): boolean {
  if (item.vendor && !item.vendor.toLowerCase().includes(distributionId)) return true;
  if (ownedFiles.some((path) => path.startsWith('/opt/') || path.startsWith('/usr/local/'))) return true;
  if (item.maintainer === undefined) return false;
  const house = houseOf(/@([A-Za-z0-9.-]+)>?\s*$/.exec(item.maintainer)?.[1]);
  if (house === undefined) return true;
  if (house === 'debian' || house === distributionId) return false;
  const home = houseOf(/^https?:\/\/([A-Za-z0-9.-]+)/.exec(item.homepage ?? '')?.[1]);
  // Short parts such as the `co` of co.uk are nobody's.
  return (house === home && house.length > 2) || (house.length > 4 && item.version.includes(house));
}

/** `docker` for download.docker.com. */
function houseOf(host: string | undefined): string | undefined {
  return host?.toLowerCase().split('.').at(-2);
}
