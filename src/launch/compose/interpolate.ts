import { quoteName } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';

export interface Interpolated {
  readonly text: string;
  /** Names of the variables that are not known and have no default: nothing stands in their place. */
  readonly unset: readonly string[];
}

const maxNesting = 20;
/** Of one text, whatever defaults and values bring. */
const maxLength = 1024 * 1024;

/**
 * Puts in variables as compose does (Compose specification, "Interpolation"): `$NAME`, `${NAME}`, and with `:-` `-` `:?` `?`
 * `:+` `+` and nested texts; `$$` is a dollar. Without variables nobody knows what is set: a default counts as the value, and
 * `:?` is no error. Throws LaunchError.
 */
export function interpolate(
  text: string,
  path: string,
  variables: ReadonlyMap<string, string> | undefined,
): Interpolated {
  if (!text.includes('$')) return { text, unset: [] };
  const interpolator = new Interpolator(text, path, variables);
  return { text: interpolator.read(false, true, 0), unset: [...interpolator.unset] };
}

const bareName = /[A-Za-z_][A-Za-z0-9_]*/y;
const operator = /:?[-?+]/y;

class Interpolator {
  readonly unset = new Set<string>();
  private readonly text: string;
  private readonly path: string;
  private readonly variables: ReadonlyMap<string, string> | undefined;
  private place = 0;
  private length = 0;
  private brace: number;

  constructor(text: string, path: string, variables: ReadonlyMap<string, string> | undefined) {
    this.text = text;
    this.path = path;
    this.variables = variables;
    this.brace = text.indexOf('}');
  }

  private refuse(message: string): never {
    throw new LaunchError('bad-launch', this.path, message, { remedy: 'Write $$ for a dollar that is meant as such' });
  }

  /** Up to the end, or to the bracket that closes. What is not wanted is read and forgotten. */
  read(inner: boolean, wanted: boolean, depth: number): string {
    if (depth > maxNesting) throw new LaunchError('launch-limit', this.path, 'its variables nest too deep');
    const { text } = this;
    let result = '';
    for (;;) {
      const dollar = text.indexOf('$', this.place);
      const brace = inner ? this.nextBrace() : -1;
      if (inner && brace < 0) this.refuse('a ${ does not end');
      const end = dollar >= 0 && (brace < 0 || dollar < brace) ? dollar : brace;
      const piece = text.slice(this.place, end < 0 ? undefined : end);
      result += piece;
      if (wanted) this.count(piece.length);
      if (end < 0) return result;
      this.place = end + 1;
      if (end === brace) return result;
      const value = this.variable(wanted, depth);
      result += value;
    }
  }

  /** Looked for once, however many variables stand before it. */
  private nextBrace(): number {
    if (this.brace >= 0 && this.brace < this.place) this.brace = this.text.indexOf('}', this.place);
    return this.brace;
  }

  private count(length: number): void {
    this.length += length;
    if (this.length > maxLength) throw new LaunchError('launch-limit', this.path, 'it is too long with its variables');
  }

  /** Behind a dollar. */
  private variable(wanted: boolean, depth: number): string {
    if (this.text[this.place] === '$') {
      this.place++;
      return '$';
    }
    const braced = this.text[this.place] === '{';
    if (braced) this.place++;
    const name = this.take(bareName);
    if (name === '') this.refuse('no name of a variable follows a dollar');
    if (!braced) return this.valueOf(name, wanted);
    if (this.text[this.place] === '}') {
      this.place++;
      return this.valueOf(name, wanted);
    }
    const how = this.take(operator);
    if (how === '') this.refuse(`what follows ${quoteName(name)} is none of :- - :? ? :+ +`);
    return this.operate(name, how, wanted, depth);
  }

  private operate(name: string, how: string, wanted: boolean, depth: number): string {
    const value = this.variables?.get(name);
    const isSet = value !== undefined && (value !== '' || !how.startsWith(':'));
    const kind = how.at(-1);
    const wantsRest = wanted && (kind === '+' ? isSet : kind === '-' ? !isSet : false);
    const rest = this.read(true, wantsRest, depth + 1);
    if (wantsRest) return rest;
    if (kind === '+') return '';
    if (isSet) return this.valueOf(name, wanted);
    if (wanted && this.variables) this.refuse(`the variable ${quoteName(name)} is required and not set`);
    return this.valueOf(name, wanted);
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.place;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.place += found.length;
    return found;
  }

  private valueOf(name: string, wanted: boolean): string {
    const value = this.variables?.get(name);
    if (value === undefined && wanted) this.unset.add(name);
    if (wanted) this.count(value?.length ?? 0);
    return value ?? '';
  }
}
