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

/**
 * Throws LaunchError where a value is not of the shape, or has a key that the shape has not: an engine takes a key whatever
 * its case, so that one that only looks like a known key is refused as well. Gives the value as an object.
 */
export function checkBody(value: JsonValue, fields: Fields, path = ''): JsonMap {
  if (value === null) throw new LaunchError('bad-launch', path, 'it must be an object, not null');
  new ShapeCheck(path).check(value, objectOf(fields));
  return value as JsonMap;
}

/** Paths are only written out where something is refused, which is far from every value. */
class ShapeCheck {
  private readonly path: string;
  private readonly trail: (string | number)[] = [];

  constructor(path: string) {
    this.path = path;
  }

  check(value: JsonValue, shape: Shape): void {
    if (value === null || shape === 'any') return;
    if (typeof shape === 'object') {
      if ('list' in shape) this.checkList(value, shape.list);
      else if ('map' in shape) this.checkMap(this.mapOf(value), shape.map);
      else this.checkFields(this.mapOf(value), shape.fields);
    } else if (shape === 'words') {
      if (typeof value !== 'string') this.checkList(value, 'text');
    } else if (shape === 'empty') checkKeys(this.mapOf(value), noKeys, this.place());
    else if (!scalars[shape](value)) this.refuse(`it must be ${scalarNames[shape]}, not ${kindOf(value)}`);
  }

  private checkList(value: JsonValue, shape: Shape): void {
    if (!Array.isArray(value)) this.refuse(`it must be a list, not ${kindOf(value)}`);
    (value as readonly JsonValue[]).forEach((item, index) => {
      this.trail.push(index);
      if (item === null) this.refuse('it must not be null');
      this.check(item, shape);
      this.trail.pop();
    });
  }

  private checkMap(map: JsonMap, shape: Shape): void {
    for (const key of Object.keys(map)) {
      this.trail.push(key);
      this.check(map[key] as JsonValue, shape);
      this.trail.pop();
    }
  }

  private checkFields(map: JsonMap, fields: Fields): void {
    for (const key of Object.keys(map)) {
      const field = fields.get(key);
      if (!field) return checkKeys(map, new Set(fields.keys()), this.place());
      const item = map[key] as JsonValue;
      this.trail.push(key);
      if (field.use === 'refused' && !isZero(item))
        this.refuse(`the key ${quoteName(key)} is refused here: ${field.why}`);
      this.check(item, field.shape);
      this.trail.pop();
    }
  }

  private mapOf(value: JsonValue): JsonMap {
    if (typeof value !== 'object' || Array.isArray(value)) this.refuse(`it must be an object, not ${kindOf(value)}`);
    return value as JsonMap;
  }

  private place(): string {
    return this.trail.reduce<string>(joinPath, this.path);
  }

  private refuse(message: string): never {
    throw new LaunchError('bad-launch', this.place(), message);
  }
}

const noKeys: ReadonlySet<string> = new Set();
type Scalar = 'text' | 'flag' | 'number' | 'integer' | 'digits';
const scalars: Readonly<Record<Scalar, (value: JsonValue) => boolean>> = {
  text: (value) => typeof value === 'string',
  flag: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isSafeInteger(value),
  digits: (value) => Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,20}$/.test(value)),
};
const scalarNames: Readonly<Record<Scalar, string>> = {
  text: 'a text',
  flag: 'true or false',
  number: 'a number',
  integer: 'an integer',
  digits: 'an integer',
};

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
  const trail: (string | number)[] = [];
  const look = (value: JsonValue, shape: Shape): void => {
    if (value === null || typeof value !== 'object' || typeof shape !== 'object') return;
    if ('list' in shape) {
      if (typeof shape.list !== 'object') return;
      for (const [index, item] of (value as readonly JsonValue[]).entries()) step(index, item, shape.list);
      return;
    }
    for (const key of Object.keys(value)) {
      const item = (value as JsonMap)[key] as JsonValue;
      if ('map' in shape) {
        step(key, item, shape.map);
        continue;
      }
      const field = shape.fields.get(key);
      if (field?.use === 'read') step(key, item, field.shape);
      else if (field?.use === 'other' && !isZero(item) && !field.unless?.(item))
        found.push({ name: key, value: textOf(item), path: [...trail, key].reduce<string>(joinPath, path) });
    }
  };
  const step = (key: string | number, item: JsonValue, shape: Shape): void => {
    trail.push(key);
    look(item, shape);
    trail.pop();
  };
  look(map, objectOf(fields));
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
