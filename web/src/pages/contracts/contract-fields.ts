import type { ContractInput } from '../../api/wire.ts';
import type { TextPath } from './contract-text.ts';

export type Place = ContractInput['place'];
export type Fields = Readonly<Record<string, unknown>>;

/** A line of one of the lists of a contract, and where it stands in the text. */
export interface Line {
  readonly name: string;
  readonly path: TextPath;
  readonly fields: Fields;
}

/** The lists of a contract as far as the text has them: the server says whether it is right. Undefined: any may be passed. */
export interface ContractFields {
  readonly name: string;
  readonly images: readonly string[];
  readonly mode: 'enforce' | 'observe';
  readonly unknown: 'refuse' | 'report';
  readonly entrypoint: 'fixed' | 'any';
  readonly lists: Readonly<Record<ListPlace, readonly Line[] | undefined>>;
}
export type ListPlace = Exclude<Place, 'entrypoint'>;

/** Where each list stands. */
export const listPaths: Readonly<Record<ListPlace, TextPath>> = {
  variable: ['spec', 'environment'],
  argument: ['spec', 'arguments', 'allow'],
  mount: ['spec', 'mounts'],
  file: ['spec', 'files'],
  port: ['spec', 'ports'],
  user: ['spec', 'users'],
};

const asFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** Total: what is not as it should be is left out. */
export function readFields(value: unknown): ContractFields {
  const document = asFields(value);
  const spec = asFields(document.spec);
  const wanted = asFields(spec.arguments);
  return {
    name: asText(asFields(document.metadata).name),
    images: asList(spec.images).map(asText),
    mode: document.mode === 'observe' ? 'observe' : 'enforce',
    unknown: spec.unknown === 'report' ? 'report' : 'refuse',
    entrypoint: spec.arguments === undefined || wanted.entrypoint === 'any' ? 'any' : 'fixed',
    lists: {
      variable: ofMap(spec.environment, listPaths.variable),
      argument: ofList(wanted.allow, listPaths.argument, (item) => asText(asFields(item).flag)),
      mount: ofList(spec.mounts, listPaths.mount, (item) => asText(asFields(item).target)),
      file: ofMap(spec.files, listPaths.file),
      port: ofList(spec.ports, listPaths.port, asText),
      user: ofList(spec.users, listPaths.user, asText),
    },
  };
}

function ofMap(value: unknown, path: TextPath): readonly Line[] | undefined {
  if (value === undefined) return undefined;
  return Object.entries(asFields(value)).map(([name, fields]) => ({
    name,
    path: [...path, name],
    fields: asFields(fields),
  }));
}

function ofList(value: unknown, path: TextPath, nameOf: (item: unknown) => string): readonly Line[] | undefined {
  if (value === undefined) return undefined;
  return asList(value).map((item, index) => ({ name: nameOf(item), path: [...path, index], fields: asFields(item) }));
}

/** A line of the contract, or an input that was seen and has none; or both. */
export interface Row {
  readonly key: string;
  readonly place: ListPlace;
  readonly name: string;
  readonly line: Line | undefined;
  readonly input: ContractInput | undefined;
  /** `open`: it has no line, and any may be passed; `unread`: recorded starts were not looked at. */
  readonly state: 'unfit' | 'unlisted' | 'unseen' | 'fits' | 'open' | 'unread';
}

const order: Readonly<Record<Row['state'], number>> = { unfit: 0, unlisted: 1, fits: 2, unseen: 3, open: 4, unread: 5 };

/** Rows of one list: what does not fit first, otherwise as the contract has them. `inputs`: undefined where nobody looked. */
export function rowsOf(
  place: ListPlace,
  { lists }: ContractFields,
  inputs: readonly ContractInput[] | undefined,
): readonly Row[] {
  const seen = new Map(inputs?.filter((input) => input.place === place).map((input) => [input.name, input]));
  const lines = lists[place];
  const known = new Set(lines?.map(({ name }) => name));
  const times = new Map<string, number>();
  const rows = [
    ...(lines ?? []).map((line): Row => {
      const input = seen.get(line.name);
      const before = times.get(line.name) ?? 0;
      times.set(line.name, before + 1);
      return {
        key: keyOf(place, line.name, before),
        place,
        name: line.name,
        line,
        input,
        state: inputs ? stateOf(input) : 'unread',
      };
    }),
    ...[...seen.values()]
      .filter(({ name, seen: was }) => !known.has(name) && was !== null)
      .map((input): Row => {
        const state = lines === undefined ? 'open' : 'unlisted';
        return { key: keyOf(place, input.name, 0), place, name: input.name, line: undefined, input, state };
      }),
  ];
  return rows.toSorted((a, b) => order[a.state] - order[b.state]);
}

/** The same whether it has a line or not: a row stays where it is when it gets one. A flag may have two. */
function keyOf(place: ListPlace, name: string, before: number): string {
  return JSON.stringify([place, name, before]);
}

/**
 * Rows in the order in which they came, those that are new behind the others: what is mended while somebody looks at it does
 * not jump away. `ranks` is of one view, and grows.
 */
export function inSteadyOrder(rows: readonly Row[], ranks: Map<string, number>): readonly Row[] {
  for (const { key } of rows) if (!ranks.has(key)) ranks.set(key, ranks.size);
  return rows.toSorted((a, b) => (ranks.get(a.key) ?? 0) - (ranks.get(b.key) ?? 0));
}

function stateOf(input: ContractInput | undefined): Row['state'] {
  // What was seen of it before it had a line says nothing against the line.
  if (input?.listed && input.unfit.length > 0) return 'unfit';
  return input?.seen ? 'fits' : 'unseen';
}

/** What to write where a row is added: what would allow what was seen, or a line that allows any value. */
export function lineFor({ place, name, input }: Pick<Row, 'place' | 'name' | 'input'>): unknown {
  const suggestion = input?.suggestion ?? undefined;
  if (place === 'port') return Number(name);
  if (place === 'user') return name;
  if (place === 'mount') return { target: name, ...suggestion };
  if (place === 'file') return suggestion ?? { format: 'text' };
  if (place === 'argument') return suggestion ?? (name === '' ? { type: 'string' } : { flag: name });
  return suggestion ?? { type: 'string' };
}

/** Whether a document has words for it: a variable without a proper name has no line. */
export function canBeAdded({ place, name, input }: Pick<Row, 'place' | 'name' | 'input'>): boolean {
  return (
    place === 'port' ||
    place === 'user' ||
    (input?.suggestion ?? null) !== null ||
    (place === 'argument' && name === '')
  );
}

/** What a line says, in few words: `integer from 1 to 32, required`. */
export function describeLine(place: ListPlace, fields: Fields): string {
  const { type, enum: values, min, max, pattern, required, secret, readOnly, format, maxBytes, schema, flag } = fields;
  const parts = [
    place === 'file' ? asText(format) : '',
    Array.isArray(values) ? `one of ${values.map(asText).join(', ')}` : asText(type),
    rangeOf(min, max, type),
    pattern === undefined ? '' : `as ${asText(pattern)}`,
    maxBytes === undefined ? '' : `at most ${asText(maxBytes)} bytes`,
    schema === undefined ? '' : 'by a schema',
    readOnly === true ? 'read-only' : '',
    secret === 'reference-only' ? 'from a store of secrets alone' : '',
    required === true ? 'required' : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) return parts.join(', ');
  if (place === 'argument') return flag === undefined ? 'any word' : 'alone, without a value';
  return place === 'mount' ? 'any kind' : place === 'variable' ? 'any value' : 'allowed';
}

function rangeOf(min: unknown, max: unknown, type: unknown): string {
  const isNumber = type === 'integer' || type === 'number' || type === 'port';
  const unit = isNumber ? '' : Number(max ?? min) === 1 ? ' character' : ' characters';
  if (min !== undefined && max !== undefined) return `${asText(min)} to ${asText(max)}${unit}`;
  if (min !== undefined) return `at least ${asText(min)}${unit}`;
  return max === undefined ? '' : `at most ${asText(max)}${unit}`;
}
