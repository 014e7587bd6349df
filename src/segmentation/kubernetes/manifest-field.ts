import type { TrafficRemark, TrafficSource } from '../../model/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import type { ManifestDocument } from './manifest-documents.ts';

/**
 * A value in an object of a cluster, and where it stands. What is asked for and is of another form is refused as SegmentationError
 * `bad-rules`, naming file, line and path; what is absent or null is undefined, as the API has it.
 */
export class ManifestField {
  readonly document: ManifestDocument;
  readonly value: unknown;
  private readonly steps: readonly (string | number)[];

  constructor(document: ManifestDocument, value: unknown, steps: readonly (string | number)[]) {
    this.document = document;
    this.value = value;
    this.steps = steps;
  }

  /** The whole of an object. */
  static of(document: ManifestDocument): ManifestField {
    return new ManifestField(document, document.value, []);
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** `ingress[0].from[1]`, without the `spec` that all have. */
  get path(): string {
    const steps = this.steps[0] === 'spec' ? this.steps.slice(1) : this.steps;
    return steps
      .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`))
      .join('');
  }

  get at(): string {
    return `${this.document.file}:${this.document.lineOf(this.steps)}`;
  }

  field(name: string): ManifestField {
    const map = this.map();
    return new ManifestField(this.document, map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined, [
      ...this.steps,
      name,
    ]);
  }

  has(name: string): boolean {
    const map = this.map();
    return map !== undefined && Object.hasOwn(map, name) && map[name] !== undefined && map[name] !== null;
  }

  /** The names of what it has. */
  names(): readonly string[] {
    return Object.keys(this.map() ?? {});
  }

  /** Refuses any other name: what is misspelled would be taken for absent, and absent is often all. */
  only(...names: readonly string[]): this {
    for (const name of this.names())
      if (!names.includes(name)) this.field(name).fail(`is not known here: there are ${names.join(', ')}`);
    return this;
  }

  map(): Readonly<Record<string, unknown>> | undefined {
    if (this.isAbsent) return undefined;
    if (typeof this.value !== 'object' || Array.isArray(this.value)) return this.fail('must be a map');
    return this.value as Readonly<Record<string, unknown>>;
  }

  /** Undefined where there is no list; an empty one is not that. */
  items(): readonly ManifestField[] | undefined {
    if (this.isAbsent) return undefined;
    if (!Array.isArray(this.value)) return this.fail('must be a list');
    return this.value.map((item, index) => new ManifestField(this.document, item, [...this.steps, index]));
  }

  text(): string | undefined {
    if (this.isAbsent) return undefined;
    return typeof this.value === 'string' ? this.value : this.fail('must be text');
  }

  oneOf<Word extends string>(words: readonly Word[]): Word | undefined {
    const text = this.text();
    return text === undefined || words.includes(text as Word)
      ? (text as Word | undefined)
      : this.fail(`must be one of ${words.join(', ')}`);
  }

  whole(least: number, most: number): number | undefined {
    if (this.isAbsent) return undefined;
    if (typeof this.value !== 'number' || !Number.isInteger(this.value) || this.value < least || this.value > most)
      return this.fail(`must be a whole number from ${least} to ${most}`);
    return this.value;
  }

  /** Texts by name, such as labels. */
  texts(): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const name of this.names()) texts.set(name, this.field(name).text() ?? '');
    return texts;
  }

  need<Value>(value: Value | undefined): Value {
    return value === undefined ? this.fail('is missing') : value;
  }

  fail(message: string): never {
    throw new SegmentationError(
      'bad-rules',
      `${this.at}: ${describeObject(this.document)}: ${this.path || 'it'} ${message}`,
    );
  }

  source(): TrafficSource {
    return { document: describeObject(this.document), path: this.path, at: this.at };
  }
}

/** What makes no sense is refused; in a template, it is told. */
export function readUnlessTemplate<Value>(
  document: ManifestDocument,
  remarks: TrafficRemark[],
  read: () => Value,
): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SegmentationError) || !document.isTemplate) throw error;
    const message = `a template is not read: ${error.message}`;
    remarks.push({ kind: 'unsupported', source: ManifestField.of(document).source(), message });
    return undefined;
  }
}

/** `NetworkPolicy shop/web`; those of the whole cluster without a namespace. */
export function describeObject({ kind, value }: ManifestDocument): string {
  const metadata = asMap(asMap(value)?.metadata);
  const name = typeof metadata?.name === 'string' ? metadata.name : '?';
  const { namespace } = metadata ?? {};
  if (clusterWide.has(kind)) return `${kind} ${name}`;
  return `${kind} ${typeof namespace === 'string' && namespace !== '' ? namespace : 'default'}/${name}`;
}

const clusterWide = new Set([
  'Namespace',
  'Node',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
]);

function asMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
