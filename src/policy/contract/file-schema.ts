import { asObject, type JsonObject } from '../../base/index.ts';
import { re2Matches } from './re2.ts';

/**
 * The words of JSON Schema (draft 2020-12) that contracts know: few, so that judging is linear in the value, loads nothing
 * and never follows a reference. `pattern` is RE2, anchored nowhere, as the standard has it.
 */
interface FileSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, FileSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | FileSchema;
  readonly items?: FileSchema;
  readonly anyOf?: readonly FileSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
const notes = ['$schema', '$id', 'title', 'description', 'default', 'examples', '$comment'];
const deepest = 16;
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string');
const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);

const words: Readonly<Record<string, (value: unknown, depth: number) => boolean | string | undefined>> = {
  type: (value) => [value].flat().every((each) => typeof each === 'string' && types.includes(each)),
  enum: (value) => Array.isArray(value) && value.length > 0 && value.every(isPlain),
  const: isPlain,
  properties: (value, depth) =>
    asObject(value) !== undefined && firstFault(Object.values(asObject(value) ?? {}), depth),
  required: isTexts,
  additionalProperties: (value, depth) => typeof value === 'boolean' || faultOf(value, depth),
  items: (value, depth) => faultOf(value, depth),
  anyOf: (value, depth) => Array.isArray(value) && value.length > 0 && value.length <= 20 && firstFault(value, depth),
  minimum: isNumber,
  maximum: isNumber,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  pattern: (value) => typeof value === 'string' && value.length <= 500 && re2Matches(value, '') !== undefined,
};

/** Why a value is no schema of a file that a contract can judge by; undefined where it is one. */
export function fileSchemaFault(schema: unknown): string | undefined {
  return faultOf(schema, 0);
}

function faultOf(schema: unknown, depth: number): string | undefined {
  if (depth > deepest) return `nests deeper than ${deepest} levels`;
  const parts = asObject(schema);
  if (!parts) return 'has a part that is no schema';
  for (const [word, value] of Object.entries(parts)) {
    if (notes.includes(word)) continue;
    if (!Object.hasOwn(words, word))
      return `has a word that contracts do not know; they know ${Object.keys(words).join(', ')}`;
    const result = words[word]?.(value, depth + 1);
    if (typeof result === 'string') return result;
    if (result === false) return `has a "${word}" that means nothing`;
  }
  return undefined;
}

function firstFault(schemas: readonly unknown[], depth: number): string | undefined {
  for (const schema of schemas) {
    const fault = faultOf(schema, depth);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * What is wrong with a value by a schema that has no fault, the first thing: where, and what is asked for. Never what is
 * there, which may be a secret. Undefined where nothing is.
 */
export function judgeBySchema(
  value: unknown,
  schema: unknown,
): { readonly at: string; readonly wants: string } | undefined {
  return judge(value, schema as FileSchema, '', 0);
}

function judge(
  value: unknown,
  schema: FileSchema,
  at: string,
  depth: number,
): { readonly at: string; readonly wants: string } | undefined {
  const wrong = (wants: string) => ({ at: at === '' ? 'the whole' : at, wants });
  // A schema is no deeper, so this is only reached by one that was not checked.
  if (depth > deepest) return wrong(`no more than ${deepest} levels`);
  const allowed = schema.type === undefined ? undefined : [schema.type].flat();
  if (allowed && !allowed.some((type) => isOfType(value, type))) return wrong(`must be ${allowed.join(' or ')}`);
  if (schema.enum && !schema.enum.includes(value)) return wrong('must be one of those listed');
  if (Object.hasOwn(schema, 'const') && schema.const !== value) return wrong('must be what the contract says');
  if (schema.anyOf && !schema.anyOf.some((each) => judge(value, each, at, depth + 1) === undefined))
    return wrong('must be of one of the shapes listed');
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (value < minimum || value > maximum) return wrong(`must be from ${minimum} to ${maximum}`);
  }
  if (typeof value === 'string') {
    const { minLength = 0, maxLength = Infinity, pattern } = schema;
    const length = [...value].length;
    if (length < minLength || length > maxLength)
      return wrong(`must have from ${minLength} to ${maxLength} characters`);
    if (pattern !== undefined && re2Matches(`(?s:.*)(?:${pattern})(?s:.*)`, value) !== true)
      return wrong('must match the pattern of the contract');
  }
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity, items } = schema;
    if (value.length < minItems || value.length > maxItems)
      return wrong(`must have from ${minItems} to ${maxItems} items`);
    for (const [index, item] of value.entries()) {
      const fault = items && judge(item, items, `${at}[${index}]`, depth + 1);
      if (fault) return fault;
    }
  }
  const fields = asObject(value);
  return fields && judgeFields(fields, schema, at, depth);
}

function judgeFields(
  value: JsonObject,
  schema: FileSchema,
  at: string,
  depth: number,
): { readonly at: string; readonly wants: string } | undefined {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return { at: at === '' ? 'the whole' : at, wants: `must have the field "${missing}"` };
  for (const [name, field] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    // The name of a field that is not known may be a secret in the wrong place.
    const step = Object.hasOwn(properties, name) ? `${at}${at === '' ? '' : '.'}${name}` : `${at}.?`;
    if (own === false) return { at: step, wants: 'must not be there' };
    const fault = typeof own === 'object' ? judge(field, own, step, depth + 1) : undefined;
    if (fault) return fault;
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return asObject(value) !== undefined;
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
