import { posix } from 'node:path';
import type { JsonObject } from '../../base/index.ts';
import type { LaunchFile } from '../../model/index.ts';
import type { ClusterObject } from './cluster-objects.ts';
import { fieldValue } from './field-value.ts';
import { below, podLimits, readObject, readObjects, readText, spend, type Writable } from './pod-reading.ts';
import { namespaceOf, type PodScope, type VolumeFile } from './pod-scope.ts';
import type { PodVolume } from './volumes.ts';

/** The files that a mount of a volume brings into a container; none of volumes whose content is not of the cluster's API. */
export function readVolumeFiles(
  volume: PodVolume,
  target: string,
  subPath: string,
  scope: PodScope,
): readonly LaunchFile[] {
  const wanted = subPath === '' ? '' : posix.normalize(subPath).replace(/^\/+|\/+$/g, '');
  let files = scope.volumeFiles.get(volume.name);
  if (files === undefined) {
    files = filesOf(volume, scope);
    scope.volumeFiles.set(volume.name, files);
  }
  // Those that the mount leaves out are looked at as well.
  spend(scope.budget, 'files', volume.path, files.length);
  const root = target === '' ? '/' : target;
  const found: LaunchFile[] = [];
  for (const { name, path, from, content } of files) {
    const within = wanted === '' || name === '' ? name : withinOf(name, wanted);
    if (within === undefined) continue;
    const file: Writable<LaunchFile> = { path, target: posix.join(root, within) };
    if (from !== undefined) file.from = from;
    if (content !== undefined) file.content = content;
    found.push(file);
  }
  return found;
}

function withinOf(name: string, wanted: string): string | undefined {
  if (name === wanted) return '';
  return name.startsWith(`${wanted}/`) ? name.slice(wanted.length + 1) : undefined;
}

function filesOf({ kind, source, sourcePath }: PodVolume, scope: PodScope): readonly VolumeFile[] {
  switch (kind) {
    case 'configMap':
      return objectFiles('ConfigMap', readText(source, 'name', sourcePath) ?? '', source, sourcePath, scope);
    case 'secret':
      return objectFiles('Secret', readText(source, 'secretName', sourcePath) ?? '', source, sourcePath, scope);
    case 'downwardAPI':
      return fieldFiles(source, sourcePath, scope);
    case 'projected':
      return readObjects(source, 'sources', sourcePath, podLimits.items).flatMap(({ object, path }) =>
        projectedFiles(object, path, scope),
      );
    default:
      return [];
  }
}

/** What the cluster itself writes into a volume. */
const clusterFiles = [
  ['serviceAccountToken', 'secret', ['path']],
  ['clusterTrustBundle', 'config', ['path']],
  ['podCertificate', 'secret', ['credentialBundlePath', 'keyPath', 'certificateChainPath']],
] as const;

function projectedFiles(object: JsonObject, path: string, scope: PodScope): readonly VolumeFile[] {
  const files: VolumeFile[] = [];
  for (const [field, kind] of [
    ['configMap', 'ConfigMap'],
    ['secret', 'Secret'],
  ] as const) {
    const source = readObject(object, field, path);
    const at = below(path, field);
    if (source) files.push(...objectFiles(kind, readText(source, 'name', at) ?? '', source, at, scope));
  }
  const fields = readObject(object, 'downwardAPI', path);
  if (fields) files.push(...fieldFiles(fields, below(path, 'downwardAPI'), scope));
  for (const [field, kind, names] of clusterFiles) {
    const source = readObject(object, field, path);
    const at = below(path, field);
    if (source === undefined) continue;
    for (const key of names) {
      const name = readText(source, key, at);
      if (name !== undefined) files.push({ name, path: below(at, key), from: { kind, name: field } });
    }
  }
  return files;
}

/** Without `items` each key is a file of its name. */
function objectFiles(
  type: ClusterObject['kind'],
  name: string,
  source: JsonObject,
  path: string,
  scope: PodScope,
): readonly VolumeFile[] {
  const kind = type === 'Secret' ? 'secret' : 'config';
  const known = scope.objects.get(type, namespaceOf(scope.metadata), name);
  const file = (key: string, target: string, at: string): VolumeFile => {
    const content = known?.entries.get(key);
    return { name: target, path: at, from: { kind, name, key }, ...(content === undefined ? {} : { content }) };
  };
  const items = readObjects(source, 'items', path, podLimits.items);
  if (items.length > 0)
    return items.map(({ object, path: at }) => {
      const key = readText(object, 'key', at) ?? '';
      return file(key, readText(object, 'path', at) ?? key, at);
    });
  if (known === undefined) return [{ name: '', path, from: { kind, name } }];
  return [...known.entries.keys()].map((key) => file(key, key, path));
}

function fieldFiles(source: JsonObject, path: string, scope: PodScope): readonly VolumeFile[] {
  return readObjects(source, 'items', path, podLimits.items).map(({ object, path: at }) => {
    const field = readObject(object, 'fieldRef', at);
    const resource = readObject(object, 'resourceFieldRef', at);
    const name = field
      ? (readText(field, 'fieldPath', below(at, 'fieldRef')) ?? '')
      : ((resource && readText(resource, 'resource', below(at, 'resourceFieldRef'))) ?? '');
    const content = field && fieldValue(name, scope);
    return {
      name: readText(object, 'path', at) ?? '',
      path: at,
      from: { kind: 'field', name },
      ...(content === undefined ? {} : { content }),
    };
  });
}
