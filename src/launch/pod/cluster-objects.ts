import { asObject, type JsonObject } from '../../base/index.ts';
import { describe, malformed, podLimits, readObject, readText } from './pod-reading.ts';

/** A ConfigMap or Secret that whoever asks has read. */
export interface ClusterObject {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly namespace: string;
  readonly name: string;
  /** Absent where it is no text: UTF-8. */
  readonly entries: ReadonlyMap<string, string | undefined>;
}

/** Gives the content of a ConfigMap or Secret; undefined where nobody read it. */
export interface ClusterObjects {
  get(kind: ClusterObject['kind'], namespace: string, name: string): ClusterObject | undefined;
}

export function indexClusterObjects(objects: readonly ClusterObject[]): ClusterObjects {
  const nameOf = (kind: string, namespace: string, name: string) => JSON.stringify([kind, namespace, name]);
  const known = new Map(objects.map((object) => [nameOf(object.kind, object.namespace, object.name), object]));
  return { get: (kind, namespace, name) => known.get(nameOf(kind, namespace, name)) };
}

/**
 * Reads a ConfigMap or Secret (core/v1): `data`, `binaryData`, `stringData`, base64 decoded. What comes out of a Secret is
 * secret: who reads it sees to it that it is taken out of findings. Throws LaunchError, whose message holds no value.
 */
export function parseClusterObject(value: unknown): ClusterObject {
  const object = asObject(value);
  const kind = object && readText(object, 'kind', '');
  if (object === undefined || (kind !== 'ConfigMap' && kind !== 'Secret'))
    throw malformed('kind', 'is neither ConfigMap nor Secret');
  const metadata = readObject(object, 'metadata', '') ?? {};
  const entries = new Map<string, string | undefined>();
  const put = (field: string, decoded: boolean) => {
    for (const [key, item] of entriesOf(object, field)) {
      const path = `${field}[${JSON.stringify(key.slice(0, 100))}]`;
      if (typeof item !== 'string') throw malformed(path, 'must be a text');
      entries.set(key, decoded ? decodeText(item, path) : item);
    }
  };
  put('data', kind === 'Secret');
  put('binaryData', true);
  // As the API server does it, what stands in stringData wins.
  if (kind === 'Secret') put('stringData', false);
  return {
    kind,
    namespace: readText(metadata, 'namespace', 'metadata') ?? 'default',
    name: readText(metadata, 'name', 'metadata') ?? '',
    entries,
  };
}

function entriesOf(object: JsonObject, field: string): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(readObject(object, field, '') ?? {}).filter(([, item]) => item !== null);
  if (entries.length > podLimits.items) throw malformed(field, `has ${describe(entries)}, which is too many`);
  return entries;
}

/** Undefined where the bytes are no UTF-8. */
function decodeText(base64: string, path: string): string | undefined {
  const compact = base64.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) throw malformed(path, 'is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64'));
  } catch {
    return undefined;
  }
}
