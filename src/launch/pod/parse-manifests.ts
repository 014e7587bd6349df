import { asObject, type JsonObject } from '../../base/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import { LaunchError } from '../launch-error.ts';
import { type ClusterObject, indexClusterObjects, parseClusterObject } from './cluster-objects.ts';
import { embedsPod, parseWorkload } from './parse-workload.ts';
import { malformed, podLimits, readObject, readObjects, readText } from './pod-reading.ts';

/** A document of a YAML file, and where it begins: `shop.yaml:12`. */
export interface ManifestDocument {
  readonly value: unknown;
  readonly at: string;
}

export interface Manifests {
  /** One for each Pod or workload, in their order; the ConfigMaps and Secrets that it names are filled in. */
  readonly launches: readonly { readonly at: string; readonly set: LaunchSet }[];
  /** What starts no container, as far as is known here. */
  readonly ignored: readonly { readonly at: string; readonly kind: string; readonly name?: string }[];
}

/**
 * Reads what somebody would hand to `kubectl apply`, Lists included. Objects are joined within a namespace; where none is
 * said it is `default`. Throws LaunchError whose path begins with the document's place: where one cannot be read none is.
 */
export function parseManifests(documents: readonly ManifestDocument[]): Manifests {
  const objects = new Map<string, ClusterObject>();
  const workloads: { readonly at: string; readonly value: JsonObject }[] = [];
  const ignored: Manifests['ignored'][number][] = [];
  for (const { value, at } of documents.flatMap(flatten)) {
    placed(at, () => {
      const object = asObject(value);
      if (object === undefined) throw malformed('', 'a manifest is an object');
      const kind = readText(object, 'kind', '');
      if (kind === undefined || kind === '') throw malformed('kind', 'is missing');
      if (isClusterObject(object, kind)) {
        const read = parseClusterObject(object);
        const id = JSON.stringify([read.kind, read.namespace, read.name]);
        // Which of them a Pod would see is a matter of time.
        if (objects.has(id)) throw malformed('metadata.name', `there is another ${kind} of this name`);
        objects.set(id, read);
      } else if (embedsPod(object)) workloads.push({ at, value: object });
      else {
        const name = readText(readObject(object, 'metadata', '') ?? {}, 'name', 'metadata');
        ignored.push({ at, kind: kind.slice(0, 100), ...(name === undefined ? {} : { name: name.slice(0, 300) }) });
      }
    });
  }
  const known = indexClusterObjects([...objects.values()]);
  return {
    launches: workloads.map(({ at, value }) => ({
      at,
      set: placed(at, () => parseWorkload(value, { objects: known })),
    })),
    ignored,
  };
}

function isClusterObject(object: JsonObject, kind: string): boolean {
  const version = readText(object, 'apiVersion', '') ?? 'v1';
  return version === 'v1' && (kind === 'ConfigMap' || kind === 'Secret');
}

/** The items of a List, each with its place; nothing of a document that is empty. */
function flatten({ value, at }: ManifestDocument): readonly ManifestDocument[] {
  if (value === null || value === undefined) return [];
  const object = asObject(value);
  const isList = typeof object?.kind === 'string' && object.kind.endsWith('List') && Array.isArray(object.items);
  if (object === undefined || !isList) return [{ value, at }];
  return placed(at, () =>
    readObjects(object, 'items', '', podLimits.items).map((item) => ({ value: item.object, at: `${at} ${item.path}` })),
  );
}

/** Puts the place of the document before the path of whatever is thrown. */
function placed<Value>(at: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    const message = error.path === '' ? error.message : error.message.slice(error.path.length + 2);
    throw new LaunchError(error.code, error.path === '' ? at : `${at} ${error.path}`, message, { cause: error });
  }
}
