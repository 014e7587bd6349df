import { asObject, type JsonObject } from '../../base/index.ts';
import type { LaunchRequest } from '../../model/index.ts';
import { LaunchError } from '../launch-error.ts';

/** Most that is read of one workload; what has more is refused, never cut. */
export const podLimits = {
  containers: 500,
  variables: 5_000,
  /** Of all containers together, so that many of them cannot each bring a large ConfigMap. */
  allVariables: 50_000,
  arguments: 10_000,
  volumes: 2_000,
  mounts: 2_000,
  /** Of the volumes of all mounts together. */
  files: 100_000,
  items: 10_000,
  quantities: 1_000,
  /** Fields of one object that Kubernetes does not know, and of a Pod besides its containers. */
  unknown: 100,
  allUnknown: 1_000,
  /** Characters of what `$(NAME)` in variables and arguments is replaced by, of all containers together. */
  expanded: 16 * 1024 * 1024,
} as const;

/** What is being put together, before anybody else sees it. */
export type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

export type Other = LaunchRequest['others'][number];

/** Most lists of most containers: not one more object for each. */
const none: readonly never[] = Object.freeze([]);

/** What is counted over a whole Pod. */
export interface PodBudget {
  variables: number;
  files: number;
  expanded: number;
}

export function freshBudget(): PodBudget {
  return { variables: podLimits.allVariables, files: podLimits.files, expanded: podLimits.expanded };
}

/** Throws LaunchError where more is spent than there is. */
export function spend(budget: PodBudget, what: keyof PodBudget, path: string, amount = 1): void {
  budget[what] -= amount;
  if (budget[what] < 0) throw new LaunchError('launch-limit', path, `the Pod has more than ${words[what]}`);
}

const words: Readonly<Record<keyof PodBudget, string>> = {
  variables: `${podLimits.allVariables} variables`,
  files: `${podLimits.files} files`,
  expanded: `${podLimits.expanded} characters in variables and arguments that name others`,
};

export function malformed(path: string, message: string): LaunchError {
  return new LaunchError('bad-launch', path, message);
}

/** `spec` and `containers[0]` → `spec.containers[0]`. */
export function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Undefined where it is absent or null, which Kubernetes takes for the same. Throws LaunchError where it is no object. */
export function readObject(parent: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = own(parent, key);
  if (value === undefined) return undefined;
  const object = asObject(value);
  if (object === undefined) throw malformed(below(path, key), `is ${nameOf(value)} and must be an object`);
  return object;
}

export function readList(parent: JsonObject, key: string, path: string, limit: number): readonly unknown[] {
  const value = own(parent, key);
  if (value === undefined) return none;
  if (!Array.isArray(value)) throw malformed(below(path, key), `is ${nameOf(value)} and must be a list`);
  if (value.length > limit)
    throw new LaunchError('launch-limit', below(path, key), `has ${value.length} items, and ${limit} is the most`);
  return value;
}

/** The objects of a list, with where each stands. */
export function readObjects(
  parent: JsonObject,
  key: string,
  path: string,
  limit: number,
): readonly { readonly object: JsonObject; readonly path: string }[] {
  const list = readBareObjects(parent, key, path, limit);
  if (list.length === 0) return none;
  const place = below(path, key);
  return list.map((object, index) => ({ object, path: `${place}[${index}]` }));
}

/** The same without where they stand, for long lists. */
export function readBareObjects(parent: JsonObject, key: string, path: string, limit: number): readonly JsonObject[] {
  const list = readList(parent, key, path, limit);
  for (let index = 0; index < list.length; index++)
    if (asObject(list[index]) === undefined)
      throw malformed(`${below(path, key)}[${index}]`, `is ${nameOf(list[index])} and must be an object`);
  return list as readonly JsonObject[];
}

export function readText(parent: JsonObject, key: string, path: string): string | undefined {
  const value = own(parent, key);
  if (value === undefined || typeof value === 'string') return value;
  throw malformed(below(path, key), `is ${nameOf(value)} and must be a text`);
}

/** Throws LaunchError where it is absent or empty. */
export function readName(parent: JsonObject, path: string, key = 'name'): string {
  const name = readText(parent, key, path);
  if (name === undefined || name === '') throw malformed(below(path, key), 'is missing');
  return name;
}

export function readFlag(parent: JsonObject, key: string, path: string): boolean | undefined {
  const value = own(parent, key);
  if (value === undefined || typeof value === 'boolean') return value;
  throw malformed(below(path, key), `is ${nameOf(value)} and must be true or false`);
}

/** A whole number that is represented exactly. */
export function readInteger(parent: JsonObject, key: string, path: string): number | undefined {
  const value = own(parent, key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw malformed(below(path, key), `is ${nameOf(value)} and must be a whole number`);
}

/** The texts of a list, with where each stands. */
export function readTexts(
  parent: JsonObject,
  key: string,
  path: string,
  limit: number = podLimits.items,
): readonly { readonly value: string; readonly path: string }[] {
  const list = readList(parent, key, path, limit);
  if (list.length === 0) return none;
  const place = below(path, key);
  return list.map((value, index) => {
    const at = `${place}[${index}]`;
    if (typeof value !== 'string') throw malformed(at, `is ${nameOf(value)} and must be a text`);
    return { value, path: at };
  });
}

/** A map of texts without a prototype. */
export function readTextMap(parent: JsonObject, key: string, path: string): Readonly<Record<string, string>> {
  const map: Record<string, string> = Object.create(null);
  const entries = Object.entries(readObject(parent, key, path) ?? {});
  if (entries.length > podLimits.items)
    throw new LaunchError('launch-limit', below(path, key), `has more than ${podLimits.items} entries`);
  for (const [name, value] of entries) {
    if (value === null) continue;
    if (typeof value !== 'string')
      throw malformed(
        `${below(path, key)}[${JSON.stringify(name.slice(0, 100))}]`,
        `is ${nameOf(value)} and must be a text`,
      );
    map[name] = value;
  }
  return map;
}

/**
 * Keys that are not known are returned, so that no rule takes them for harmless. Throws LaunchError for one that differs
 * from a known one by case alone: Kubernetes passes over it, other readers do not.
 */
export function unknownKeys(object: JsonObject, path: string, known: ReadonlySet<string>): readonly Other[] {
  for (const key in object)
    if (!known.has(key) && Object.hasOwn(object, key)) return describeUnknown(object, path, known);
  return none;
}

function describeUnknown(object: JsonObject, path: string, known: ReadonlySet<string>): readonly Other[] {
  const folded = foldedKeys(known);
  const others: Other[] = [];
  for (const key of Object.keys(object)) {
    if (known.has(key)) continue;
    const at = below(path, key.slice(0, 100));
    if (folded.has(foldKey(key)))
      throw malformed(at, 'is not written as Kubernetes has it: keys are told apart by case');
    if (others.length >= podLimits.unknown)
      throw new LaunchError(
        'launch-limit',
        path,
        `has more than ${podLimits.unknown} fields that Kubernetes does not know`,
      );
    if (object[key] !== null) others.push({ name: key.slice(0, 100), path: at, value: describe(object[key]) });
  }
  return others;
}

const foldedOf = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

function foldedKeys(known: ReadonlySet<string>): ReadonlySet<string> {
  let folded = foldedOf.get(known);
  if (!folded) {
    folded = new Set(Array.from(known, foldKey));
    foldedOf.set(known, folded);
  }
  return folded;
}

/** Go folds case by Unicode: U+017F is an s. */
export function foldKey(key: string): string {
  return key.normalize('NFKC').toLowerCase();
}

/** A value in a few words; never deep. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value.length > 200 ? `${value.slice(0, 200)}…` : value;
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return `{${keys.slice(0, 10).map((key) => key.slice(0, 50))}${keys.length > 10 ? ',…' : ''}}`;
  }
  return String(value);
}

function own(parent: JsonObject, key: string): unknown {
  const value = parent[key];
  // Most fields are absent, which needs no second look.
  return value === undefined || value === null || !Object.hasOwn(parent, key) ? undefined : value;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}
