import type { VexStatement } from '../../model/index.ts';

export interface VexDocument {
  readonly id: string;
  readonly author: string;
  readonly statements: readonly VexStatement[];
  /** The reasons for statements that were rejected. */
  readonly rejected: readonly string[];
}

/** Reasons for which a product is not affected, as OpenVEX and CSAF both call them. */
export const vexJustifications: ReadonlySet<string> = new Set([
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
]);
