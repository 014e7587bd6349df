import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';

/** ConfigMaps and Secrets of the namespace that a PodSpec takes variables or files from, by name. */
export interface ObjectNames {
  readonly configMaps: readonly string[];
  readonly secrets: readonly string[];
}

/** More than any Pod names; what is over stays unread, and rules see that. */
const mostNames = 50;
/** A name of an object (RFC 1123 subdomain): nothing else may come into the path of a request. */
const namePattern = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

export function namedObjects(spec: JsonObject): ObjectNames {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  const note = (into: Set<string>, parent: unknown, key = 'name') => {
    const name = asString(asObject(parent)?.[key]);
    if (name !== undefined && namePattern.test(name) && configMaps.size + secrets.size < mostNames) into.add(name);
  };
  for (const item of asArray(spec.volumes) ?? []) {
    const volume = asObject(item);
    note(configMaps, volume?.configMap);
    note(secrets, volume?.secret, 'secretName');
    for (const source of asArray(asObject(volume?.projected)?.sources) ?? []) {
      note(configMaps, asObject(source)?.configMap);
      note(secrets, asObject(source)?.secret);
    }
  }
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const item of asArray(spec[list]) ?? []) {
      const container = asObject(item);
      for (const source of asArray(container?.envFrom) ?? []) {
        note(configMaps, asObject(source)?.configMapRef);
        note(secrets, asObject(source)?.secretRef);
      }
      for (const variable of asArray(container?.env) ?? []) {
        const from = asObject(asObject(variable)?.valueFrom);
        note(configMaps, from?.configMapKeyRef);
        note(secrets, from?.secretKeyRef);
      }
    }
  }
  return { configMaps: [...configMaps], secrets: [...secrets] };
}
