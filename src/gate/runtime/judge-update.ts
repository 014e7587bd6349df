import { type JsonMap, type JsonValue, LaunchError, parseStrictJson } from '../../launch/index.ts';

/** Limits; all other keys of LinuxResources (devices above all) would give a container something. */
const limits = new Set(['memory', 'cpu', 'pids', 'blockIO', 'hugepageLimits']);

/**
 * Why an update of a running container's resources (OCI runtime specification, config-linux.md "Control groups") is refused;
 * undefined where it changes limits only.
 */
export function refusalOfUpdate(resources: Uint8Array): string | undefined {
  let value: JsonValue;
  try {
    value = parseStrictJson(resources, { largeIntegers: 'text' });
  } catch (error) {
    if (error instanceof LaunchError) return `resources: ${error.message}`;
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'resources are no object';
  const other = Object.keys(value as JsonMap).find((key) => !limits.has(key) && !isEmpty((value as JsonMap)[key]));
  return other === undefined ? undefined : `resources.${other.slice(0, 100)} may not be changed while a container runs`;
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}
