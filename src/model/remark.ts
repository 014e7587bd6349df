import type { Instant } from '../base/index.ts';

/** What a feed says of a flaw besides whom it affects. */
export type Remark = ExploitedRemark | ScoreRemark | StatementRemark;

/** It is known to be used in attacks (CISA KEV). */
export interface ExploitedRemark {
  readonly kind: 'exploited';
  readonly flaw: string;
  /** When it was listed. */
  readonly since: Instant;
  /** By when it has to be mended where the catalog is binding. */
  readonly due?: Instant;
  /** Whether ransomware is known to use it. */
  readonly ransomware: boolean;
}

/** How likely it is to be attacked within 30 days (FIRST EPSS). */
export interface ScoreRemark {
  readonly kind: 'score';
  readonly flaw: string;
  /** From 0 to 1. */
  readonly probability: number;
  /** The share of all flaws that are as likely or less, from 0 to 1. */
  readonly percentile: number;
}

/** A statement of a VEX document with its author. It changes an answer only where that author of that feed is trusted. */
export interface StatementRemark extends VexStatement {
  readonly kind: 'statement';
  /** ID of the document. */
  readonly document: string;
  /** As the document says; anybody may write anything there, so trust is given to an author of a feed. */
  readonly author: string;
}

export type VexStatus = 'not-affected' | 'affected' | 'fixed' | 'under-investigation';

/** What somebody says of one flaw in some products. */
export interface VexStatement {
  readonly flaw: string;
  readonly aliases: readonly string[];
  readonly status: VexStatus;
  /** Why it is not affected, as OpenVEX and CSAF both call it. */
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

/** A remark with the feed that makes it. */
export type StoredRemark = Remark & {
  readonly feed: string;
  /** For a statement: whether its author is trusted in this feed. */
  readonly trusted: boolean;
};

/** A statement that is about a match, as it is kept with it. */
export interface AppliedStatement {
  readonly status: VexStatus;
  readonly author: string;
  readonly document: string;
  readonly feed: string;
  readonly trusted: boolean;
  readonly justification?: string;
  readonly note?: string;
  readonly statedAt: Instant;
}
