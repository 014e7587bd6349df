import { foldKey } from './fold-key.ts';
import { type JsonMap, joinPath, quoteName } from './json-value.ts';
import { LaunchError } from './launch-error.ts';

const foldsOf = new WeakMap<ReadonlySet<string>, ReadonlyMap<string, string>>();

/**
 * Throws LaunchError for a key that is not among the known ones: what it asks for could not be judged. One that differs from
 * a known key by what Go folds, in case or by look-alikes such as `ſ`, is named with it: an engine takes it for that key.
 */
export function checkKeys(value: JsonMap, known: ReadonlySet<string>, path: string): void {
  for (const key of Object.keys(value)) {
    if (known.has(key)) continue;
    const meant = foldedKeys(known).get(foldKey(key));
    const why = meant === undefined ? 'is not known' : `would be taken for ${quoteName(meant)}; write it so`;
    throw new LaunchError('bad-launch', joinPath(path, key), `the key ${quoteName(key)} ${why}`);
  }
}

function foldedKeys(known: ReadonlySet<string>): ReadonlyMap<string, string> {
  let folds = foldsOf.get(known);
  if (!folds) {
    folds = new Map(Array.from(known, (key) => [foldKey(key), key]));
    foldsOf.set(known, folds);
  }
  return folds;
}
