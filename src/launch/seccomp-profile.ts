import type { JsonMap, JsonValue } from './json-value.ts';
import { LaunchError } from './launch-error.ts';
import { parseStrictJson } from './strict-json.ts';

const permissive = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG'];

/**
 * Whether a seccomp profile, of Docker or of an OCI config.json, refuses nothing: its default allows, and no rule that names
 * a system call refuses it. Such a profile is none.
 */
export function isPermissiveSeccomp(profile: JsonMap): boolean {
  const rules = Array.isArray(profile.syscalls) ? (profile.syscalls as readonly JsonValue[]) : [];
  return permissive.includes(String(profile.defaultAction)) && !rules.some(refuses);
}

function refuses(rule: JsonValue): boolean {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return false;
  const { action, names, name } = rule as JsonMap;
  const isNamed = (Array.isArray(names) && names.length > 0) || (typeof name === 'string' && name !== '');
  return isNamed && !permissive.includes(String(action));
}

/** A profile that travels as text; undefined where it is no JSON object. */
export function parseProfile(text: string | Uint8Array): JsonMap | undefined {
  try {
    const profile = parseStrictJson(text, { largeIntegers: 'text' });
    const isMap = typeof profile === 'object' && profile !== null && !Array.isArray(profile);
    return isMap ? (profile as JsonMap) : undefined;
  } catch (error) {
    if (error instanceof LaunchError) return undefined;
    throw error;
  }
}
