/**
 * catalog: what is in an image or on a machine, as a bill of materials; bills in and out as CycloneDX and SPDX.
 * Never: opens a source, asks the network, judges a component.
 * Start at compile-bill-of-materials.ts; a cataloger is a folder that is listed in catalogers.ts.
 */
export type { BomOptions } from './bom-options.ts';
export { catalogExaminers, catalogers, wantedFiles } from './catalogers.ts';
export { isProgram } from './classify-file.ts';
export { compileBillOfMaterials } from './compile-bill-of-materials.ts';
export { writeCycloneDx } from './cyclonedx/write-cyclonedx.ts';
export { formatPackageUrl, type PackageUrlParts } from './package-url.ts';
export type { ListedComponent, ParsedBom } from './sbom/bom-document.ts';
export { parseBom } from './sbom/parse-bom.ts';
export { writeSpdx } from './spdx/write-spdx.ts';
