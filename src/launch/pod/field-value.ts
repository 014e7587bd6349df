import { readText } from './pod-reading.ts';
import type { PodScope } from './pod-scope.ts';

/**
 * What the downward API gives for a field, where it stands in what was asked (fieldRef, kubernetes.io/docs "Downward API"):
 * whatever an annotation says can so become a variable or a file. Undefined for what the cluster fills in.
 */
export function fieldValue(field: string, { metadata, spec, specPath }: PodScope): string | undefined {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['([^']{1,400})'\]$/.exec(field) ?? [];
  if (map !== undefined) {
    const texts = map === 'labels' ? metadata.labels : metadata.annotations;
    return Object.hasOwn(texts, key) ? texts[key] : undefined;
  }
  switch (field) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace;
    case 'metadata.labels':
      return metadata.labelLines();
    case 'metadata.annotations':
      return metadata.annotationLines();
    case 'spec.serviceAccountName':
      return readText(spec, 'serviceAccountName', specPath);
    default:
      return undefined;
  }
}

/** A line `key="value"` each, sorted (kubernetes/pkg/fieldpath FormatMap). */
export function formatFieldMap(map: Readonly<Record<string, string>>): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}
