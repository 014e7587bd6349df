import type { InputContractSpec, InputType } from '../documents/input-contract-document.ts';
import { durationPattern } from '../duration.ts';
import { re2Matches } from './re2.ts';

/** What a contract says of one value. */
export type WantedValue = Pick<
  NonNullable<InputContractSpec['environment']>[string],
  'type' | 'pattern' | 'enum' | 'min' | 'max'
>;

/** A longer value is none that a person wrote; it is of no type but text. */
const mostTyped = 8192;
const hostPattern =
  /^(?=.{1,253}\.?$)[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*\.?$/i;

const isOfType: Readonly<Record<InputType, (text: string) => boolean>> = {
  string: () => true,
  // "enum" of the contract says which.
  enum: () => true,
  integer: (text) => /^-?\d{1,15}$/.test(text),
  number: (text) => /^-?\d{1,15}(?:\.\d{1,15})?(?:e[+-]?\d{1,2})?$/i.test(text),
  boolean: (text) => /^(?:true|false|yes|no|on|off|1|0)$/i.test(text),
  // No control characters or spaces: what follows them is something else to a shell or a header.
  url: (text) => /^[a-z][a-z0-9+.-]{0,31}:\/\/[^\s\p{C}]+$/iu.test(text) && URL.canParse(text),
  path: (text) => /^\P{C}+$/u.test(text) && !text.split('/').includes('..'),
  email: (text) =>
    /^[^\s@\p{C}<>"'`$;|&]{1,64}@[^\s@\p{C}]+$/u.test(text) && hostPattern.test(text.split('@')[1] ?? ''),
  host: (text) => hostPattern.test(text) || /^\[?[0-9a-f:.]{2,45}\]?$/i.test(text),
  port: (text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535,
  duration: (text) =>
    (text !== '' && new RegExp(durationPattern).test(text)) ||
    /^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|ms|s|m|h))+$/.test(text),
  json: (text) => isJson(text),
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Any failure says the same: it is none.
    return false;
  }
}

/** Whether a text is of a type, without any more that a contract says of it. */
export function isInputType(type: InputType, text: string): boolean {
  return (text.length <= mostTyped || type === 'string' || type === 'json') && isOfType[type](text);
}

/** What is wrong with a value, without a word of it; undefined where nothing is. Linear in the value. */
export function valueFault(text: string, wanted: WantedValue): string | undefined {
  const { type = 'string', pattern, enum: values, min = -Infinity, max = Infinity } = wanted;
  if (!isInputType(type, text)) return `it must be ${type === 'enum' ? 'one of those listed' : `of type ${type}`}`;
  if (values && !values.includes(text)) return `it must be one of the ${values.length} values of the contract`;
  if (pattern !== undefined) {
    if (text.length > mostTyped) return 'it is too long to be held against its pattern';
    if (re2Matches(pattern, text) !== true) return 'it must match the pattern of the contract';
  }
  const isNumeric = type === 'integer' || type === 'number' || type === 'port';
  const size = isNumeric ? Number(text) : [...text].length;
  if (size < min || size > max)
    return `${isNumeric ? 'it' : 'its length'} must be from ${min === -Infinity ? 'any' : min} to ${max === Infinity ? 'any' : max}`;
  return undefined;
}
