import { type Component, type DistributionRelease, type Ecosystem, hasVersionOrder } from '../../model/index.ts';
import { canonicalPackageName } from '../format/osv-ecosystem.ts';

/** Under which name, and at which version, advisories speak of a component. */
export interface AdvisoryPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  readonly distribution?: DistributionRelease;
}

/** Debian and Ubuntu build signed kernels from packages of their own, whose versions are made up from the kernel's. */
const signedKernel = /^linux-signed(?:-(?:amd64|arm64|i386|armhf))?$/;

/**
 * What advisories may call a component, the name that counts first; nothing where versions have no order, for then no
 * advisory can say anything. Packages of Debian, Ubuntu and Alpine go by their source package and its version; a kernel
 * that was signed afterwards goes by `linux` and the version of the binary package, which is the kernel's. Of the
 * distributions of RPM some name the package itself (AlmaLinux), some its source (Rocky Linux, SUSE), and Red Hat both.
 * Packages of languages go by their own name.
 */
export function advisoryPackagesOf(component: Component): readonly AdvisoryPackage[] {
  const { ecosystem, source, version, distribution } = component;
  if (!hasVersionOrder(ecosystem)) return [];
  const home = { ecosystem, ...(distribution ? { distribution } : {}) };
  const itself = { ...home, name: canonicalPackageName(ecosystem, component.name), version };
  if (!source) return [itself];
  const built = { ...home, name: source.name, version: source.version };
  switch (ecosystem) {
    case 'deb':
      return [signedKernel.test(source.name) ? { ...home, name: 'linux', version } : built];
    case 'apk':
      return [built];
    case 'rpm':
      return source.name === component.name ? [itself] : [itself, built];
    default:
      return [itself];
  }
}
