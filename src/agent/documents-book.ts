import { type Clock, createTurns, type Instant } from '../base/index.ts';
import type { DocumentsBook, KeptDocuments } from '../service/index.ts';
import { type BookParts, createSignedBook } from './signed-book.ts';

export interface DocumentsBookParts extends BookParts {
  /** Name of this machine, and which store the documents are of, without its password: those of another count for nothing. */
  readonly host: string;
  readonly store: string;
  readonly clock: Clock;
}

interface Page extends KeptDocuments {
  readonly host: string;
  readonly store: string;
  /** When the store said so last. */
  readonly at: Instant;
}

/** Milliseconds for which documents count without the store: as long as the verdicts that were given by them. */
const freshFor = 7 * 86_400_000;
/** How often it is written that the same documents still hold. */
const writeEvery = 3_600_000;
/** By how much the clock of a machine may have gone back while it was off. */
const clockMayLag = 86_400_000;

/**
 * Which policies held when the store was last there. An older page that somebody puts back counts for as long as it is fresh,
 * and no longer.
 */
export function createDocumentsBook({ host, store, clock, ...parts }: DocumentsBookParts): DocumentsBook {
  const book = createSignedBook<Page>(parts, 'portwarden-documents-1', 'the policies that held last');
  /** Two who ask at once would write into one file. */
  const inTurn = createTurns();
  let written: { readonly at: Instant; readonly revision: number } | undefined;

  function refusalOf(page: Page): string | undefined {
    const now = clock.now();
    if (page.host !== host) return `they are of the host ${page.host}`;
    if (page.store !== store) return `they are of another store, ${page.store}`;
    if (page.at > now + clockMayLag) return 'they are of a time that has not come';
    if (now - page.at > freshFor) return 'the store was there last more than seven days ago';
    return undefined;
  }

  return {
    async read() {
      const page = await book.read();
      if (page === undefined) return undefined;
      const refusal = refusalOf(page);
      if (refusal !== undefined) {
        parts.log.warn({ file: parts.file, why: refusal }, 'the policies that held last count for nothing');
        return undefined;
      }
      return { revision: page.revision, documents: page.documents };
    },
    write: ({ revision, documents }) =>
      inTurn(async () => {
        const at = clock.now();
        if (written?.revision === revision && Math.abs(at - written.at) < writeEvery) return;
        await book.write({ host, store, at, revision, documents });
        written = { at, revision };
      }),
  };
}
