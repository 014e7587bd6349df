import { type At, engineCapabilities } from '../../model/index.ts';
import type { Context } from './container-security.ts';
import { knownKeys } from './known-keys.ts';
import { below, type Other, readObject, readTexts, unknownKeys } from './pod-reading.ts';

/**
 * The whole set after what is dropped and added, undefined where neither is said. ALL stays ALL, whatever is dropped from it:
 * engines differ in what there is.
 */
export function containerCapabilities({ context, path }: Context, others: Other[]): readonly At<string>[] | undefined {
  const capabilities = readObject(context, 'capabilities', path);
  if (capabilities === undefined) return undefined;
  const at = below(path, 'capabilities');
  others.push(...unknownKeys(capabilities, at, knownKeys.capabilities));
  const named = (key: string) =>
    readTexts(capabilities, key, at).map((item) => ({ ...item, value: item.value.toUpperCase().replace(/^CAP_/, '') }));
  const added = named('add');
  const dropped = new Set(named('drop').map(({ value }) => value));
  if (added.length === 0 && dropped.size === 0) return undefined;
  const kept = dropped.has('ALL') ? [] : engineCapabilities.filter((name) => !dropped.has(name));
  const known = new Set(added.map(({ value }) => value));
  return [
    ...kept.filter((value) => !known.has(value)).map((value) => ({ value, path: at })),
    // What is both dropped and added is added, with some engines.
    ...added.filter(({ value }, index) => added.findIndex((other) => other.value === value) === index),
  ];
}
