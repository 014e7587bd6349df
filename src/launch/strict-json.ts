import { foldKey } from './fold-key.ts';
import { type JsonValue, joinPath, quoteName } from './json-value.ts';
import { LaunchError, type LaunchErrorCode } from './launch-error.ts';

export interface StrictJsonOptions {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
  /** Of values and keys together. */
  readonly maxNodes?: number;
  /** False: two keys of an object may differ in case alone; for what is not read by Go's encoding/json. */
  readonly foldKeys?: boolean;
  /** What is done with an integer that no double can hold: refused, or given as its digits where a uint64 is right (rlimits). */
  readonly largeIntegers?: 'refuse' | 'text';
}

export const strictJsonLimits = { bytes: 8 * 1024 * 1024, depth: 64, nodes: 500_000 };

/**
 * JSON (RFC 8259) that has one reading for everybody. Throws LaunchError, with the path, for what parsers differ about: a
 * key that is there twice or differs from another only by what Go folds, bytes that are no UTF-8, a byte order mark, half a
 * surrogate pair, a number that a double cannot hold, anything behind the value; and for what is over a bound. Objects have
 * no prototype, so `__proto__` is a key as any other.
 */
export function parseStrictJson(input: Uint8Array | string, options: StrictJsonOptions = {}): JsonValue {
  const maxBytes = options.maxBytes ?? strictJsonLimits.bytes;
  const size = typeof input === 'string' ? input.length : input.byteLength;
  if (size > maxBytes) throw new LaunchError('launch-limit', '', `it is larger than ${maxBytes} bytes`);
  if (size === 0) throw new LaunchError('bad-launch', '', 'it is empty');
  const text = typeof input === 'string' ? input : decode(input);
  if (text.charCodeAt(0) === 0xfeff) throw new LaunchError('bad-launch', '', 'it begins with a byte order mark');
  return new StrictJsonParser(text, options).parse();
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new LaunchError('bad-launch', '', 'it is not valid UTF-8', { cause });
  }
}

const escapes: { readonly [letter: string]: string | undefined } = Object.assign(Object.create(null), {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
});
// Each part sticks to where the one before ended, so that none is looked at twice.
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

class StrictJsonParser {
  private readonly text: string;
  private readonly maxDepth: number;
  private readonly maxNodes: number;
  private readonly foldKeys: boolean;
  private readonly largeIntegers: 'refuse' | 'text';
  /** The key or index at each depth above the value that is being read. */
  private readonly trail: (string | number)[] = [];
  private place = 0;
  private depth = 0;
  private nodes = 0;

  constructor(text: string, options: StrictJsonOptions) {
    this.text = text;
    this.maxDepth = options.maxDepth ?? strictJsonLimits.depth;
    this.maxNodes = options.maxNodes ?? strictJsonLimits.nodes;
    this.foldKeys = options.foldKeys ?? true;
    this.largeIntegers = options.largeIntegers ?? 'refuse';
  }

  parse(): JsonValue {
    const value = this.value();
    this.skip();
    if (this.place < this.text.length) this.refuse('something follows the value');
    return value;
  }

  private refuse(message: string, code: LaunchErrorCode = 'bad-launch'): never {
    const path = this.trail.slice(0, this.depth).reduce<string>(joinPath, '');
    throw new LaunchError(code, path, `${message} (at character ${this.place + 1})`);
  }

  /** The code of the next character that is no white space, which it is at then; NaN at the end. */
  private skip(): number {
    const { text } = this;
    let code = text.charCodeAt(this.place);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++this.place);
    return code;
  }

  private value(): JsonValue {
    const code = this.skip();
    if (++this.nodes > this.maxNodes) this.refuse(`there are more than ${this.maxNodes} values`, 'launch-limit');
    if (code === 34) return this.string();
    if (code === 123) return this.object();
    if (code === 91) return this.array();
    if (code === 45 || (code >= 48 && code <= 57)) return this.number();
    if (code === 116) return this.word('true', true);
    if (code === 102) return this.word('false', false);
    if (code === 110) return this.word('null', null);
    return this.refuse(Number.isNaN(code) ? 'it ends in the middle' : 'no value begins here');
  }

  private word(word: string, value: boolean | null): boolean | null {
    if (!this.text.startsWith(word, this.place)) this.refuse('no value begins here');
    this.place += word.length;
    return value;
  }

  private enter(): number {
    if (this.depth >= this.maxDepth) this.refuse(`it nests deeper than ${this.maxDepth} levels`, 'launch-limit');
    this.place++;
    return this.depth++;
  }

  private object(): JsonValue {
    const value: Record<string, JsonValue> = Object.create(null);
    const level = this.enter();
    this.trail[level] = '{}';
    let folds: Set<string> | undefined;
    let first = '';
    for (let count = 0; ; count++) {
      let code = this.skip();
      if (count === 0 && code === 125) break;
      if (code !== 34) this.refuseInside(level, 'a key in quotes is missing');
      const key = this.string();
      if (++this.nodes > this.maxNodes) this.refuse(`there are more than ${this.maxNodes} values`, 'launch-limit');
      if (key in value) this.refuseInside(level, `the key ${quoteName(key)} is there twice`);
      if (this.foldKeys) {
        const fold = foldKey(key);
        if (count === 0) first = fold;
        else {
          folds ??= new Set([first]);
          if (folds.has(fold))
            this.refuseInside(level, `the key ${quoteName(key)} is also there with other upper and lower case`);
          folds.add(fold);
        }
      }
      if (this.skip() !== 58) this.refuseInside(level, 'a colon is missing');
      this.place++;
      this.trail[level] = key;
      value[key] = this.value();
      code = this.skip();
      if (code === 125) break;
      if (code !== 44) this.refuseInside(level, 'a comma or } is missing');
      this.place++;
    }
    this.place++;
    this.depth--;
    return value;
  }

  private array(): JsonValue {
    const value: JsonValue[] = [];
    const level = this.enter();
    for (;;) {
      this.trail[level] = value.length;
      if (value.length === 0 && this.skip() === 93) break;
      value.push(this.value());
      const code = this.skip();
      if (code === 93) break;
      if (code !== 44) this.refuseInside(level, 'a comma or ] is missing');
      this.place++;
    }
    this.place++;
    this.depth--;
    return value;
  }

  /** What is wrong is so of the object or array at that level, not of something in it. */
  private refuseInside(level: number, message: string): never {
    this.depth = level;
    return this.refuse(message);
  }

  private string(): string {
    const { text } = this;
    const start = ++this.place;
    for (;;) {
      const code = text.charCodeAt(this.place);
      if (code === 34) return text.slice(start, this.place++);
      // Rare: escapes, surrogates, control characters, and the end.
      if (code === 92 || !(code >= 32) || (code >= 0xd800 && code <= 0xdfff)) return this.slowString(start);
      this.place++;
    }
  }

  private slowString(start: number): string {
    const { text } = this;
    let piece = start;
    let result = '';
    for (;;) {
      const code = text.charCodeAt(this.place);
      if (code === 34 || code === 92) result += text.slice(piece, this.place);
      if (code === 34) break;
      if (code === 92) {
        result += this.escape();
        piece = this.place;
      } else if (code >= 32) this.place++;
      else this.refuse(Number.isNaN(code) ? 'it ends in the middle of a text' : 'a control character stands in a text');
    }
    // Halves that meet are a pair, in whichever way each was written.
    if (!result.isWellFormed()) this.refuse('a text has half a surrogate pair');
    this.place++;
    return result;
  }

  private escape(): string {
    const letter = this.text[this.place + 1] ?? '';
    if (letter === 'u') {
      const digits = this.text.slice(this.place + 2, this.place + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse('four hexadecimal digits must follow \\u');
      this.place += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const meant = escapes[letter] ?? this.refuse('no escape begins so');
    this.place += 2;
    return meant;
  }

  private number(): number | string {
    numberPattern.lastIndex = this.place;
    const found = numberPattern.exec(this.text) ?? this.refuse('no value begins here');
    const [digits, fraction, exponent] = found;
    const value = Number(digits);
    if (!Number.isFinite(value)) this.refuse('the number is too large');
    const isInteger = fraction === undefined && exponent === undefined;
    if (isInteger && !Number.isSafeInteger(value) && BigInt(digits) !== BigInt(value)) {
      if (this.largeIntegers === 'refuse' || digits.length > 20)
        this.refuse('the number is an integer that would be read as another');
      this.place += digits.length;
      return digits;
    }
    this.place += digits.length;
    return value;
  }
}
