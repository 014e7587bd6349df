/** How each distribution that has advisories calls itself as the vendor of its packages. */
const vendors: Readonly<Record<string, RegExp>> = {
  fedora: /^fedora project/i,
  rhel: /^red hat/i,
  centos: /^centos/i,
  rocky: /^rocky/i,
  almalinux: /^almalinux/i,
  ol: /^oracle/i,
  amzn: /^amazon/i,
  'opensuse-leap': /^(?:opensuse|suse)/i,
  'opensuse-tumbleweed': /^opensuse/i,
  sles: /^suse/i,
};

/**
 * Whether a package is one of the distribution's own, which its advisories speak of: EPEL on Rocky Linux, and the
 * package of a product's maker, are not. Packages state their vendor; what was built by hand often states none. Of a
 * distribution that is not on the list, all packages are taken for its own.
 */
export function isOwnPackage(vendor: string | undefined, distributionId: string | undefined): boolean {
  const pattern = distributionId !== undefined && Object.hasOwn(vendors, distributionId) && vendors[distributionId];
  return !pattern || pattern.test(vendor ?? '');
}
