import type { Instant } from '../../base/index.ts';

export type VexStatus = 'not-affected' | 'affected' | 'fixed' | 'under-investigation';

/** What its author says of one flaw in some products. It counts only where a policy trusts the author. */
export interface VexStatement {
  readonly flaw: string;
  readonly aliases: readonly string[];
  readonly status: VexStatus;
  /** Why it is not affected: one of vexJustifications. */
  readonly justification?: string;
  /** In the author's words: impact, action, or how the status was found. */
  readonly note?: string;
  /** Of two statements on the same, the later holds. */
  readonly statedAt: Instant;
  readonly products: readonly VexProduct[];
}

export interface VexProduct {
  /** Package URLs, CPEs and other IRIs by which it goes: any of them. */
  readonly identifiers: readonly string[];
  /** Where not empty, the statement is about these parts of it alone; identifiers again. */
  readonly subcomponents: readonly (readonly string[])[];
}

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
