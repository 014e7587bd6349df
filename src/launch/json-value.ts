/** What JSON can say. Objects have no prototype where `parseStrictJson` or `parseYamlText` made them. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonMap;
export type JsonArray = readonly JsonValue[];
export interface JsonMap {
  readonly [key: string]: JsonValue;
}

/** The path of what lies in `path` under a key or at an index: `services.web.ports[0]`, `Labels["a.b"]`. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!isPlainKey(key)) return `${path}[${quoteName(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Letters, digits, `_`, `$` and `-` of ASCII alone. */
function isPlainKey(key: string): boolean {
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isLetter && !(code >= 48 && code <= 57) && code !== 95 && code !== 45 && code !== 36) return false;
  }
  return key !== '';
}

/** A name from outside as a message shows it: in quotes, short, nothing in it that a terminal obeys. */
export function quoteName(name: string): string {
  const text = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return JSON.stringify(text.toWellFormed()).replace(/[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '?');
}
