import { type BomOptions, writeCycloneDx, writeSpdx } from '../catalog/index.ts';
import type { BillOfMaterials } from '../model/index.ts';
import type { BomFormat } from '../model/wire/index.ts';

export type { BomFormat };

/** How a bill of materials is written in each format that is offered. */
export const bomWriters: Readonly<Record<BomFormat, (bom: BillOfMaterials, options: BomOptions) => string>> = {
  cyclonedx: writeCycloneDx,
  spdx: writeSpdx,
};
