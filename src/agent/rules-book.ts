import type { DenyList, SecurityGroup } from '../model/index.ts';
import { type BookParts, createSignedBook, type SignedBook } from './signed-book.ts';

/** Which groups and lists hold. */
export interface TrafficRules {
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
}

/** Keeps the rules that held last on the disk of the host, for a start while the store is away. */
export type RulesBook = SignedBook<TrafficRules>;

export function createRulesBook(parts: BookParts): RulesBook {
  return createSignedBook(parts, 'portwarden-rules-1', 'the rules that held last');
}
