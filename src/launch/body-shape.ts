import { checkKeys } from './check-keys.ts';
import { type JsonMap, type JsonValue, joinPath, quoteName } from './json-value.ts';
import { LaunchError } from './launch-error.ts';

/**
 * What a program in Go takes into a field; null is as if it were absent everywhere. `words` is a text or a list of texts,
 * `empty` an object without keys. `digits` is an integer that may have been read as its digits (see `parseStrictJson`).
 */
export type Shape =
  | 'text'
  | 'flag'
  | 'integer'
  | 'digits'
  | 'number'
  | 'words'
  | 'empty'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Fields };

/**
 * A key that an object may have, and what becomes of it: `read` ends in a field of the request, `harmless` gives nobody
 * anything, `other` is listed in `others`, `refused` is none of this object although engines once took it there. What has
 * its zero value is absent whatever it is, as in Go.
 */
export interface Field {
  readonly shape: Shape;
  readonly use: 'read' | 'harmless' | 'other' | 'refused';
  /** Of `other`: those values that are harmless. */
  readonly unless?: (value: JsonValue) => boolean;
  /** Why it is harmless, or where it belongs. */
  readonly why?: string;
}
export type Fields = ReadonlyMap<string, Field>;

export const read = (shape: Shape): Field => ({ shape, use: 'read' });
export const harmless = (shape: Shape, why: string): Field => ({ shape, use: 'harmless', why });
export const other = (shape: Shape, unless?: (value: JsonValue) => boolean): Field => ({
  shape,
  use: 'other',
  ...(unless ? { unless } : {}),
});
export const refused = (why: string): Field => ({ shape: 'any', use: 'refused', why });
export const fieldsOf = (fields: Readonly<Record<string, Field>>): Fields => new Map(Object.entries(fields));
export const listOf = (shape: Shape): Shape => ({ list: shape });
export const mapOf = (shape: Shape): Shape => ({ map: shape });
export const objectOf = (fields: Fields): Shape => ({ fields });

const namesOf = new WeakMap<Fields, ReadonlySet<string>>();

/**
 * Throws LaunchError where a value is not of the shape, or has a key that the shape has not: an engine takes a key whatever
 * its case, so that one that only looks like a known key is refused as well. Gives the value as an object.
 */
export function checkBody(value: JsonValue, fields: Fields, path = ''): JsonMap {
  if (value === null) throw new LaunchError('bad-launch', path, 'it must be an object, not null');
  checkShape(value, objectOf(fields), path);
  return value as JsonMap;
}

function checkShape(value: JsonValue, shape: Shape, path: string): void {
  if (value === null || shape === 'any') return;
  const refuse = (wanted: string): never => {
    throw new LaunchError('bad-launch', path, `it must be ${wanted}, not ${kindOf(value)}`);
  };
  if (shape === 'text') return typeof value === 'string' ? undefined : refuse('a text');
  if (shape === 'flag') return typeof value === 'boolean' ? undefined : refuse('true or false');
  if (shape === 'number') return typeof value === 'number' ? undefined : refuse('a number');
  if (shape === 'integer') return Number.isSafeInteger(value) ? undefined : refuse('an integer');
  if (shape === 'digits') {
    const isDigits = typeof value === 'string' && /^-?\d{1,20}$/.test(value);
    return isDigits || Number.isInteger(value) ? undefined : refuse('an integer');
  }
  if (shape === 'words') {
    if (typeof value === 'string') return;
    return checkShape(value, listOf('text'), path);
  }
  if (typeof shape === 'object' && 'list' in shape) {
    if (!Array.isArray(value)) return refuse('a list');
    value.forEach((item: JsonValue, index) => {
      if (item === null) throw new LaunchError('bad-launch', joinPath(path, index), 'it must not be null');
      checkShape(item, shape.list, joinPath(path, index));
    });
    return;
  }
  if (typeof value !== 'object' || Array.isArray(value)) return refuse('an object');
  const map = value as JsonMap;
  if (shape === 'empty') return checkKeys(map, new Set(), path);
  if ('map' in shape) {
    for (const key of Object.keys(map)) checkShape(map[key] as JsonValue, shape.map, joinPath(path, key));
    return;
  }
  checkFields(map, shape.fields, path);
}

function checkFields(map: JsonMap, fields: Fields, path: string): void {
  let names = namesOf.get(fields);
  if (!names) {
    names = new Set(fields.keys());
    namesOf.set(fields, names);
  }
  checkKeys(map, names, path);
  for (const [key, item] of Object.entries(map)) {
    const field = fields.get(key) as Field;
    const place = joinPath(path, key);
    if (field.use === 'refused' && !isZero(item))
      throw new LaunchError('bad-launch', place, `the key ${quoteName(key)} is refused here: ${field.why}`);
    checkShape(item, field.shape, place);
  }
}

/** What the zero value of its type is in Go, which is the same as nothing. */
export function isZero(value: JsonValue): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Whatever of a checked object is neither read nor harmless, at any depth, in the form of `LaunchRequest.others`. */
export function othersOf(
  map: JsonMap,
  fields: Fields,
  path = '',
): readonly { name: string; value: string; path: string }[] {
  const found: { name: string; value: string; path: string }[] = [];
  const look = (value: JsonValue, shape: Shape, place: string): void => {
    if (value === null || typeof value !== 'object' || typeof shape !== 'object') return;
    if ('list' in shape)
      (value as readonly JsonValue[]).forEach((item, i) => look(item, shape.list, joinPath(place, i)));
    else
      for (const [key, item] of Object.entries(value as JsonMap)) {
        const at = joinPath(place, key);
        if ('map' in shape) {
          look(item, shape.map, at);
          continue;
        }
        const field = shape.fields.get(key);
        if (field?.use === 'read') look(item, field.shape, at);
        else if (field?.use === 'other' && !isZero(item) && !field.unless?.(item))
          found.push({ name: key, value: textOf(item), path: at });
      }
  };
  look(map, objectOf(fields), path);
  return found;
}

const longestOther = 4096;

/** A value as text: as it is, or in JSON; the beginning of a long one. */
export function textOf(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestOther ? `${text.slice(0, longestOther).toWellFormed()}…` : text;
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'number' ? 'a number' : 'true or false';
}
