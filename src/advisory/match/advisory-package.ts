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
 * Packages of a distribution go by their source package and its version, those of languages by their own name. A kernel
 * that was signed afterwards goes by `linux` and the version of the binary package, which is the kernel's. Undefined for
 * what has no order of versions, of which no advisory can say anything.
 */
export function advisoryPackageOf(component: Component): AdvisoryPackage | undefined {
  const { ecosystem, source, version } = component;
  if (!hasVersionOrder(ecosystem)) return undefined;
  const release = component.distribution ? { distribution: component.distribution } : {};
  if (ecosystem !== 'deb' && ecosystem !== 'apk') {
    return { ecosystem, name: canonicalPackageName(ecosystem, component.name), version, ...release };
  }
  if (source && signedKernel.test(source.name)) return { ecosystem, name: 'linux', version, ...release };
  const { name, version: sourceVersion } = source ?? component;
  return { ecosystem, name, version: sourceVersion, ...release };
}
