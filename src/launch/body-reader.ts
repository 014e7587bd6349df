import type { At } from '../model/index.ts';
import { type JsonMap, type JsonValue, joinPath } from './json-value.ts';

/**
 * An object that `checkBody` has passed, and where it stands. What is null or has its zero value reads as absent, so that a
 * client which writes everything out asks for no more than one that leaves it out.
 */
export class BodyReader {
  readonly map: JsonMap;
  readonly path: string;

  constructor(map: JsonMap, path: string) {
    this.map = map;
    this.path = path;
  }

  at(key: string): string {
    return joinPath(this.path, key);
  }

  /** Whatever stands there; undefined where it is null or absent. */
  raw(key: string): JsonValue | undefined {
    const value = this.map[key];
    // Most fields are absent, which needs no second look.
    return value === undefined || value === null || !Object.hasOwn(this.map, key) ? undefined : value;
  }

  text(key: string): At<string> | undefined {
    const value = this.raw(key);
    return typeof value === 'string' && value !== '' ? { value, path: this.at(key) } : undefined;
  }

  /** Absent where it is false. */
  flag(key: string): At<boolean> | undefined {
    return this.raw(key) === true ? { value: true, path: this.at(key) } : undefined;
  }

  /** Absent where it is 0. */
  number(key: string): At<number> | undefined {
    const value = this.raw(key);
    return typeof value === 'number' && value !== 0 ? { value, path: this.at(key) } : undefined;
  }

  /** Of a list of texts, or of one text that stands for a list; undefined where it is null or absent, as Go tells nil. */
  words(key: string): readonly At<string>[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string') return [{ value, path: this.at(key) }];
    return this.texts(key);
  }

  texts(key: string): readonly At<string>[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) return [];
    const place = this.at(key);
    return value.map((item: JsonValue, i) => ({ value: String(item), path: joinPath(place, i) }));
  }

  object(key: string): BodyReader | undefined {
    const value = this.raw(key);
    return isMap(value) ? new BodyReader(value, this.at(key)) : undefined;
  }

  objects(key: string): readonly BodyReader[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) return [];
    const place = this.at(key);
    return value.flatMap((item: JsonValue, i) => (isMap(item) ? [new BodyReader(item, joinPath(place, i))] : []));
  }

  /** The entries of a map of texts, with null as the empty text, as Go has it. */
  pairs(key: string): readonly (At<string> & { readonly name: string })[] {
    const value = this.raw(key);
    if (!isMap(value)) return [];
    const place = this.at(key);
    return Object.keys(value).map((name) => ({ name, value: textOf(value[name]), path: joinPath(place, name) }));
  }

  /** The keys of a map, where they are what counts. */
  keys(key: string): readonly At<string>[] {
    const value = this.raw(key);
    if (!isMap(value)) return [];
    const place = this.at(key);
    return Object.keys(value).map((name) => ({ value: name, path: joinPath(place, name) }));
  }

  record(key: string): Readonly<Record<string, string>> | undefined {
    const value = this.raw(key);
    const names = isMap(value) ? Object.keys(value) : [];
    if (!isMap(value) || names.length === 0) return undefined;
    const record: Record<string, string> = Object.create(null);
    for (const name of names) record[name] = textOf(value[name]);
    return record;
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isMap(value: JsonValue | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
