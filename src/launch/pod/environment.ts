import type { JsonObject } from '../../base/index.ts';
import type { LaunchReference, LaunchVariable } from '../../model/index.ts';
import { expandReferences } from './expand-references.ts';
import { fieldValue } from './field-value.ts';
import { knownKeys } from './known-keys.ts';
import { indexValues, type VariableValues } from './known-values.ts';
import {
  below,
  type Other,
  podLimits,
  readBareObjects,
  readName,
  readObject,
  readObjects,
  readText,
  spend,
  unknownKeys,
} from './pod-reading.ts';
import { namespaceOf, type PodScope } from './pod-scope.ts';

export interface ContainerEnvironment {
  readonly variables: readonly LaunchVariable[];
  /** What is known of them when the arguments are expanded; the last of a name wins. */
  readonly values: VariableValues;
  readonly others: readonly Other[];
}

/**
 * Variables of a container in the order in which the kubelet sets them: `envFrom`, then `env`, of which the last of a name
 * wins. A ConfigMap or Secret of `envFrom` that nobody read is one variable whose name is the prefix and `*`.
 */
export function readEnvironment(container: JsonObject, path: string, scope: PodScope): ContainerEnvironment {
  const others: Other[] = [];
  const variables = readSources(container, path, scope, others);
  // Of envFrom nothing is seen by `env`, but by the arguments.
  const sources = variables.length;
  const inEnv = indexValues(variables, sources, sources);
  const place = below(path, 'env');
  let index = 0;
  for (const object of readBareObjects(container, 'env', path, podLimits.variables)) {
    const at = `${place}[${index++}]`;
    if (isPlain(object)) {
      const { name, value } = object;
      const valueAt = `${at}.value`;
      variables.push({ name, path: valueAt, value: expandReferences(value, inEnv, scope.budget, valueAt) });
    } else {
      others.push(...unknownKeys(object, at, knownKeys.variable));
      variables.push(readVariable(object, at, scope, inEnv, others));
    }
    spend(scope.budget, 'variables', at);
  }
  return { variables, values: indexValues(variables, 0, sources), others };
}

/** What almost all variables are, a name and a text, nothing besides: there is nothing to look for in them. */
function isPlain(object: JsonObject): object is { readonly name: string; readonly value: string } {
  for (const key in object) if (key !== 'name' && key !== 'value') return false;
  return typeof object.name === 'string' && object.name !== '' && typeof object.value === 'string';
}

function readSources(container: JsonObject, path: string, scope: PodScope, others: Other[]): LaunchVariable[] {
  const variables: LaunchVariable[] = [];
  const put = (variable: LaunchVariable) => {
    spend(scope.budget, 'variables', variable.path);
    variables.push(variable);
  };
  for (const { object, path: at } of readObjects(container, 'envFrom', path, podLimits.variables)) {
    others.push(...unknownKeys(object, at, knownKeys.envFrom));
    const prefix = readText(object, 'prefix', at) ?? '';
    for (const field of ['configMapRef', 'secretRef'] as const) {
      const reference = readObject(object, field, at);
      if (reference === undefined) continue;
      const place = below(at, field);
      others.push(...unknownKeys(reference, place, knownKeys.objectRef));
      const name = readText(reference, 'name', place) ?? '';
      const secret = field === 'secretRef';
      const from: LaunchReference = { kind: secret ? 'secret' : 'config', name };
      const known = scope.objects.get(secret ? 'Secret' : 'ConfigMap', namespaceOf(scope.metadata), name);
      if (known === undefined) put({ name: `${prefix}*`, path: place, from });
      for (const [key, value] of known?.entries ?? [])
        put({
          name: `${prefix}${key}`,
          path: place,
          from: { ...from, key },
          ...(value === undefined ? {} : { value }),
        });
    }
  }
  return variables;
}

function readVariable(
  object: JsonObject,
  path: string,
  scope: PodScope,
  earlier: VariableValues,
  others: Other[],
): LaunchVariable {
  const name = readName(object, path);
  const text = readText(object, 'value', path);
  const source = readObject(object, 'valueFrom', path);
  // Kubernetes refuses both together; a text that is empty is none.
  if (source !== undefined && (text === undefined || text === '')) {
    const at = below(path, 'valueFrom');
    others.push(...unknownKeys(source, at, knownKeys.valueFrom));
    return { name, path: at, ...readReference(source, at, scope, others) };
  }
  const at = below(path, 'value');
  if (source !== undefined) others.push({ name: 'valueFrom', path: below(path, 'valueFrom'), value: 'beside a value' });
  return { name, path: at, value: expandReferences(text ?? '', earlier, scope.budget, at) };
}

/** The first that is said of those that Kubernetes has, and what is known of its value. */
function readReference(
  source: JsonObject,
  path: string,
  scope: PodScope,
  others: Other[],
): { readonly from?: LaunchReference; readonly value?: string } {
  for (const [field, kind, type] of [
    ['configMapKeyRef', 'config', 'ConfigMap'],
    ['secretKeyRef', 'secret', 'Secret'],
  ] as const) {
    const reference = readObject(source, field, path);
    if (reference === undefined) continue;
    others.push(...unknownKeys(reference, below(path, field), knownKeys.keyRef));
    const name = readText(reference, 'name', below(path, field)) ?? '';
    const key = readText(reference, 'key', below(path, field)) ?? '';
    const value = scope.objects.get(type, namespaceOf(scope.metadata), name)?.entries.get(key);
    return { from: { kind, name, key }, ...(value === undefined ? {} : { value }) };
  }
  const field = readObject(source, 'fieldRef', path);
  if (field !== undefined) {
    others.push(...unknownKeys(field, below(path, 'fieldRef'), knownKeys.fieldRef));
    const name = readText(field, 'fieldPath', below(path, 'fieldRef')) ?? '';
    const value = fieldValue(name, scope);
    return { from: { kind: 'field', name }, ...(value === undefined ? {} : { value }) };
  }
  const resource = readObject(source, 'resourceFieldRef', path);
  if (resource !== undefined) {
    others.push(...unknownKeys(resource, below(path, 'resourceFieldRef'), knownKeys.resourceFieldRef));
    return { from: { kind: 'field', name: readText(resource, 'resource', below(path, 'resourceFieldRef')) ?? '' } };
  }
  const file = readObject(source, 'fileKeyRef', path);
  if (file === undefined) return {};
  const at = below(path, 'fileKeyRef');
  others.push(...unknownKeys(file, at, knownKeys.fileKeyRef));
  const name = `${readText(file, 'volumeName', at) ?? ''}/${readText(file, 'path', at) ?? ''}`;
  return { from: { kind: 'file', name, key: readText(file, 'key', at) ?? '' } };
}
