import type { TrafficSource } from '../../model/index.ts';
import { SegmentationError } from '../segmentation-error.ts';

/**
 * A value in an exported file, and where it stands. What is asked for and is of another form is refused as SegmentationError
 * `bad-rules` that names file and path; what is absent or null is undefined.
 */
export class JsonField {
  readonly file: string;
  /** `aws_security_group.web`; what a source calls it. */
  readonly document: string;
  readonly value: unknown;
  readonly path: string;

  constructor(file: string, document: string, value: unknown, path = '') {
    this.file = file;
    this.document = document;
    this.value = value;
    this.path = path;
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  field(name: string): JsonField {
    const map = this.map();
    const value = map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
    return new JsonField(this.file, this.document, value, this.path === '' ? name : `${this.path}.${name}`);
  }

  /** The first of several names that is there: tools call the same differently. */
  either(...names: readonly string[]): JsonField {
    return names.map((name) => this.field(name)).find(({ isAbsent }) => !isAbsent) ?? this.field(names[0] ?? '');
  }

  map(): Readonly<Record<string, unknown>> | undefined {
    if (this.isAbsent) return undefined;
    if (typeof this.value !== 'object' || Array.isArray(this.value)) return this.fail('must be an object');
    return this.value as Readonly<Record<string, unknown>>;
  }

  /** What a map has, by name. */
  entries(): readonly (readonly [string, JsonField])[] {
    return Object.keys(this.map() ?? {}).map((name) => [name, this.field(name)]);
  }

  /** Empty where there is none. In Terraform's JSON syntax one block, or an expression, may stand without its list. */
  items(): readonly JsonField[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) {
      if (typeof this.value === 'object' || (typeof this.value === 'string' && this.value.includes('${')))
        return [this];
      return this.fail('must be a list');
    }
    return this.value.map((item, at) => new JsonField(this.file, this.document, item, `${this.path}[${at}]`));
  }

  /** The same, called otherwise in what is said of it. */
  named(document: string): JsonField {
    return new JsonField(this.file, document, this.value, this.path);
  }

  /** Undefined where it is absent or empty. */
  text(): string | undefined {
    if (this.isAbsent || this.value === '') return undefined;
    if (typeof this.value === 'number') return String(this.value);
    return typeof this.value === 'string' ? this.value : this.fail('must be text');
  }

  texts(): readonly string[] {
    return this.items().flatMap((item) => item.text() ?? []);
  }

  flag(): boolean {
    if (this.isAbsent) return false;
    return typeof this.value === 'boolean' ? this.value : this.fail('must be true or false');
  }

  whole(least: number, most: number): number | undefined {
    if (this.isAbsent) return undefined;
    const number = typeof this.value === 'string' && /^-?\d{1,6}$/.test(this.value) ? Number(this.value) : this.value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most)
      return this.fail(`must be a whole number from ${least} to ${most}`);
    return number;
  }

  fail(message: string): never {
    throw new SegmentationError('bad-rules', `${this.file}: ${this.document}: ${this.path || 'it'} ${message}`);
  }

  source(): TrafficSource {
    return { document: this.document, path: this.path || 'rule', at: this.file };
  }
}
