import { asObject, BoundError, type JsonObject, parseJson } from '../base/index.ts';

/** The one JSON object that a text is, or why it is none. Total. */
export function parseJsonObject(text: string): { readonly object: JsonObject } | { readonly reason: string } {
  const value = parseJsonValue(text);
  if ('reason' in value) return value;
  const object = asObject(value.value);
  return object ? { object } : { reason: 'is not a JSON object' };
}

/** Any JSON, or why the text is none. Total. */
export function parseJsonValue(text: string): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: parseJson(text.replace(/^\uFEFF/, ''), 'it') };
  } catch (error) {
    if (error instanceof BoundError) return { reason: error.message.replace(/^it /, '') };
    throw error;
  }
}
