import type { Advisory, Remark } from '../../model/index.ts';

/**
 * What a record of a feed came to. `skipped` is sound but not ours: another ecosystem, no release named. `rejected` is
 * what the feed should have said otherwise.
 */
export type RecordResult =
  | { readonly kind: 'advisory'; readonly advisory: Advisory; readonly skipped: readonly string[] }
  | { readonly kind: 'remark'; readonly remark: Remark }
  | { readonly kind: 'skipped'; readonly skipped: readonly string[] }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Thrown within a parser of records, and caught by the same: the reason for which a record is rejected. */
export class RecordFault extends Error {}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$/;

/** An advisory's ID, or a fault: it is shown, stored and looked up. */
export function parseAdvisoryId(value: unknown): string {
  if (typeof value !== 'string') throw new RecordFault('it has no ID');
  if (!idPattern.test(value)) throw new RecordFault(`${quote(value)} is not an advisory ID`);
  return value;
}

export function isAdvisoryId(value: string): boolean {
  return idPattern.test(value);
}

/** A package name, or a fault. Any printable text is one: which names exist is up to each ecosystem. */
export function parsePackageName(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new RecordFault('a package has no name');
  if (value.length > 512 || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)) {
    throw new RecordFault(`${quote(value)} is not a package name`);
  }
  return value;
}

/** Text of a feed in a message: cut, and with control characters escaped. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
