import { asArray, asObject, type JsonObject } from '../../base/index.ts';
import type { ListedPackage } from './bom-document.ts';

/** Stands for what a bill lists in a form that is none: it is counted as untold, since nobody can say what it is. */
export const unreadableEntry: ListedPackage = { name: 'an entry that is no object', licenses: [], locations: [] };

/**
 * The entries of a list of a bill; undefined for each that is no object. A list that is there and is none counts as one such
 * entry: taken for an empty list, it would make the bill look clean. Total.
 */
export function listEntries(value: unknown): readonly (JsonObject | undefined)[] {
  if (value === undefined || value === null) return [];
  return (asArray(value) ?? [undefined]).map(asObject);
}

/** Whether a package URL names an image, which is what a bill is of and no package in it. */
export function isImage(purl: string | undefined): boolean {
  return purl !== undefined && /^pkg:(?:oci|docker)\//i.test(purl);
}
