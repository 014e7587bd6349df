import type { At } from '../../model/index.ts';
import { type JsonMap, type JsonValue, joinPath, quoteName } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { parseSize } from '../value-text.ts';
import { isJsonMap } from '../yaml-text.ts';
import { type Interpolated, interpolate } from './interpolate.ts';

/** The whole file, as those who read a part of it need it. */
export interface ComposeScope {
  readonly top: JsonMap;
  readonly variables: ReadonlyMap<string, string> | undefined;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Reads values of one service, with variables put in. Each function throws LaunchError, with the path, where a value is of
 * another type than the Compose specification has; texts may be numbers and the other way round, as it allows.
 */
export class ValueReader {
  readonly scope: ComposeScope;
  private readonly draft: LaunchDraft;

  constructor(scope: ComposeScope, draft: LaunchDraft) {
    this.scope = scope;
    this.draft = draft;
  }

  interpolate(value: JsonValue, path: string): Interpolated {
    if (typeof value === 'number' || typeof value === 'boolean') return { text: String(value), unset: [] };
    if (typeof value !== 'string') throw wrongType(path, 'text');
    return interpolate(value, path, this.scope.variables);
  }

  /** A variable that is not set is empty, as compose has it, and listed. */
  text(value: JsonValue, path: string): string {
    const { text, unset } = this.interpolate(value, path);
    for (const name of unset) this.draft.other('unset variable', name, path);
    return text;
  }

  at(value: JsonValue, path: string): At<string> {
    return { value: this.text(value, path), path };
  }

  boolean(value: JsonValue, path: string): At<boolean> {
    const text = this.text(value, path).toLowerCase();
    if (['true', 'y', 'yes', 'on', '1', 't'].includes(text)) return { value: true, path };
    if (['false', 'n', 'no', 'off', '0', 'f'].includes(text)) return { value: false, path };
    throw wrongType(path, 'true or false');
  }

  number(value: JsonValue, path: string): At<number> {
    const text = this.text(value, path).trim();
    const number = Number(text);
    if (text === '' || !/^[+-]?[\d.]+$/.test(text) || !Number.isFinite(number)) throw wrongType(path, 'a number');
    return { value: number, path };
  }

  size(value: JsonValue, path: string): At<number> {
    return { value: parseSize(this.text(value, path).trim(), path), path };
  }

  list(value: JsonValue, path: string): readonly { readonly value: JsonValue; readonly path: string }[] {
    if (value === null) return [];
    if (!Array.isArray(value)) throw wrongType(path, 'a list');
    return value.map((item: JsonValue, index: number) => ({ value: item, path: joinPath(path, index) }));
  }

  texts(value: JsonValue, path: string): readonly At<string>[] {
    return this.list(value, path).map((item) => this.at(item.value, item.path));
  }

  textOrTexts(value: JsonValue, path: string): readonly At<string>[] {
    return Array.isArray(value) || value === null ? this.texts(value, path) : [this.at(value, path)];
  }

  /** The fields of a map, extensions (`x-`) left out; one that is not known is refused. */
  fields(value: JsonValue, path: string, known?: ReadonlySet<string>): ReadonlyMap<string, FieldAt> {
    if (!isJsonMap(value)) throw wrongType(path, 'a map');
    const fields = new Map<string, FieldAt>();
    for (const [key, item] of Object.entries(value)) {
      if (key.startsWith('x-')) continue;
      const at = joinPath(path, key);
      if (known && !known.has(key)) throw new LaunchError('bad-launch', at, `the field ${quoteName(key)} is not known`);
      fields.set(key, { value: item, path: at });
    }
    return fields;
  }

  /** `NAME=value` in a list, or a map; a value that is null or missing is undefined. */
  pairs(value: JsonValue, path: string): readonly PairAt[] {
    if (value === null) return [];
    if (isJsonMap(value))
      return Object.entries(value).map(([name, item]) => {
        const at = joinPath(path, name);
        return { name, path: at, value: item === null ? undefined : this.interpolate(item, at) };
      });
    return this.list(value, path).map((item) => {
      if (typeof item.value !== 'string') throw wrongType(item.path, 'text');
      const equals = item.value.indexOf('=');
      if (equals < 0) return { name: this.text(item.value, item.path), path: item.path, value: undefined };
      const name = this.text(item.value.slice(0, equals), item.path);
      return { name, path: item.path, value: this.interpolate(item.value.slice(equals + 1), item.path) };
    });
  }

  /** The same where nothing needs to know of variables that are not set. */
  textPairs(value: JsonValue, path: string): readonly (At<string> & { readonly name: string })[] {
    return this.pairs(value, path).map((pair) => {
      for (const name of pair.value?.unset ?? []) this.draft.other('unset variable', name, pair.path);
      return { name: pair.name, value: pair.value?.text ?? '', path: pair.path };
    });
  }
}

export interface FieldAt {
  readonly value: JsonValue;
  readonly path: string;
}

export interface PairAt {
  readonly name: string;
  readonly path: string;
  readonly value: Interpolated | undefined;
}

export function wrongType(path: string, wanted: string): LaunchError {
  return new LaunchError('bad-launch', path, `this must be ${wanted}`);
}

/** A value that has no place, in short. */
export function describe(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 1000 ? `${text.slice(0, 1000)}…` : text;
}
