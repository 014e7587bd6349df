import type { RememberedNames } from '../segmentation/index.ts';
import { type BookParts, createSignedBook, type SignedBook } from './signed-book.ts';

/** Keeps what containers asked for, so that a new start of the agent does not cut connections to where names led. */
export type NamesBook = SignedBook<readonly RememberedNames[]>;

export function createNamesBook(parts: BookParts): NamesBook {
  return createSignedBook(parts, 'portwarden-names-1', 'the names that containers asked for');
}
