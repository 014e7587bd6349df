/**
 * catalog: what is in an image or on a machine, as a bill of materials, and that bill as CycloneDX.
 * Never: opens a source, asks the network, judges a component.
 * Start at compile-bill-of-materials.ts; a cataloger is a folder that is listed in catalogers.ts.
 */
export { catalogers, wantedFiles } from './catalogers.ts';
export { compileBillOfMaterials } from './compile-bill-of-materials.ts';
export { type CycloneDxOptions, writeCycloneDx } from './cyclonedx/write-cyclonedx.ts';
export { formatPackageUrl, type PackageUrlParts } from './package-url.ts';
