import type { ImageStart, LaunchRequest } from '../../model/index.ts';
import {
  type InputContractDocument,
  type InputContractSpec,
  type InputType,
} from '../documents/input-contract-document.ts';
import { compileHostPath, formatHostPath } from '../launch-rules/host-path.ts';
import { type FileFormat, parseInputFile } from './file-format.ts';
import { isInputType } from './input-type.ts';
import { isPlain } from './judge-arguments.ts';
import { isOwnVariable } from './judge-by-contract.ts';

type Variable = NonNullable<InputContractSpec['environment']>[string];
type Argument = NonNullable<NonNullable<InputContractSpec['arguments']>['allow']>[number];

const endings = new Map<string, FileFormat>([
  ['json', 'json'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['env', 'properties'],
  ['properties', 'properties'],
]);

/** The narrowest first; what is of none of these is text. */
const guessed: readonly InputType[] = ['integer', 'number', 'boolean', 'duration', 'url', 'email', 'json'];
const secretName =
  /(?:^|[_.-])(?:PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|PRIVATE|APIKEY|AUTH|KEY|DSN)(?:$|[_.-])/i;
/** From so many values on it is no matter of chance that they are few. */
const fewValues = { most: 5, seen: 4 };

/**
 * A contract learned from starts of an image and what its configuration says, for a person to read, to narrow and to sign:
 * each start is within it, and what none of them did is not; what a document has no words for, such as a variable without
 * a proper name, is left out and found later. Deterministic: the order of the starts does not matter. No value that looks
 * like a secret is in it. A secret that every start took from a store of secrets has to be taken from one. Of a value that
 * `isHidden` says was taken out of the record nothing is learned but that it is text.
 */
export function compileContract(
  pattern: string,
  requests: readonly LaunchRequest[],
  {
    start,
    isHidden = () => false,
  }: { readonly start?: ImageStart; readonly isHidden?: (value: string) => boolean } = {},
): InputContractDocument {
  const valueOf: ValueOf = (values) => (values.some(isHidden) ? { type: 'string' } : narrowest(values));
  const starts = requests.filter(({ action }) => action === 'start');
  const name = pattern
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  const allow = compileArguments(starts, start, valueOf);
  const isFixed = starts.every(
    ({ entrypoint }) =>
      !entrypoint ||
      (start?.entrypoint.length === entrypoint.length &&
        entrypoint.every(({ value }, index) => value === start.entrypoint[index])),
  );
  const users = [...new Set(starts.flatMap(({ user }) => user?.value.text ?? []))].filter((text) => text !== '');
  const ports = starts.flatMap(({ ports: published }) =>
    published.flatMap(({ container = 0 }) => (container >= 1 && container <= 65_535 ? [container] : [])),
  );
  return {
    apiVersion: 'portwarden/v1',
    kind: 'InputContract',
    metadata: { name: name === '' ? 'learned' : name, description: `Learned from ${starts.length} starts` },
    spec: {
      images: [pattern],
      unknown: 'refuse',
      environment: compileVariables(starts, start, valueOf),
      arguments: { entrypoint: isFixed ? 'fixed' : 'any', allow: [...allow] },
      mounts: [...compileMounts(starts)],
      files: compileFiles(starts),
      ports: [...new Set(ports)].sort((a, b) => a - b),
      users: users.sort(inOrder),
    },
  };
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Said = Pick<Variable, 'type' | 'enum' | 'min' | 'max'>;
type ValueOf = (values: readonly string[]) => Said;

function compileVariables(
  starts: readonly LaunchRequest[],
  start: ImageStart | undefined,
  valueOf: ValueOf,
): NonNullable<InputContractSpec['environment']> {
  const seen = new Map<
    string,
    { values: string[]; starts: number; isReference: boolean; isOpen: boolean; isPassed: boolean }
  >();
  for (const request of starts) {
    const counted = new Set<string>();
    for (const variable of request.environment) {
      const { name, value, from } = variable;
      // What has no name that a document may have is left to be found.
      if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/.test(name) || name === '__proto__') continue;
      const of = seen.get(name) ?? { values: [], starts: 0, isReference: false, isOpen: false, isPassed: false };
      seen.set(name, of);
      if (value !== undefined) of.values.push(value);
      of.isPassed ||= !isOwnVariable(request, variable, start);
      const isReference = value === undefined && (from?.kind === 'secret' || from?.kind === 'file');
      of.isReference ||= isReference;
      of.isOpen ||= value !== undefined ? value !== '' : from !== undefined && !isReference;
      if ((value !== undefined || from) && !counted.has(name)) {
        counted.add(name);
        of.starts++;
      }
    }
  }
  return Object.fromEntries(
    [...seen]
      // What the image or an engine puts there by itself is nothing to be passed.
      .filter(([, { isPassed }]) => isPassed)
      .sort(([a], [b]) => inOrder(a, b))
      .map(([name, { values, starts: count, isReference, isOpen }]): [string, Variable] => {
        const isSecret = isReference || secretName.test(name);
        const required = count === starts.length && starts.length > 0 ? { required: true } : {};
        // What stands in the open is what the starts did; that it may not is for a person to say.
        const reference = isSecret && !isOpen ? { secret: 'reference-only' as const } : {};
        const said = isSecret ? { type: 'string' as const } : valueOf(values);
        return [name, { ...said, ...required, ...reference }];
      }),
  );
}

/** The narrowest that all of the values are. */
function narrowest(values: readonly string[]): Said {
  if (values.length === 0) return { type: 'string' };
  const type = guessed.find((each) => values.every((value) => isInputType(each, value))) ?? 'string';
  if (type === 'integer' || type === 'number') {
    const numbers = values.map(Number);
    // A negative zero is none in a document.
    const least = numbers.reduce((a, b) => Math.min(a, b)) + 0;
    return { type, min: least, max: numbers.reduce((a, b) => Math.max(a, b)) + 0 };
  }
  if (type !== 'string') return { type };
  const distinct = [...new Set(values)].sort();
  const isFew = distinct.length <= fewValues.most && values.length >= fewValues.seen * distinct.length;
  if (isFew && distinct.every(isWord)) return { type: 'enum', enum: distinct };
  return { type, max: values.reduce((longest, value) => Math.max(longest, [...value].length), 0) };
}

/** Short, and nothing that might be a key: those have digits among letters for long. */
function isWord(value: string): boolean {
  return value.length <= 40 && !/[A-Za-z0-9+/_-]{16}/.test(value);
}

function compileArguments(
  starts: readonly LaunchRequest[],
  start: ImageStart | undefined,
  valueOf: ValueOf,
): readonly Argument[] {
  const valued = new Map<string, string[]>();
  const alone = new Set<string>();
  const plain: string[] = [];
  for (const { command = [] } of starts) {
    if (
      start &&
      command.length === start.command.length &&
      command.every(({ value }, at) => value === start.command[at])
    )
      continue;
    for (const { value } of command) {
      const [, name = '', rest] = /^(-[^=\x00-\x1f\x7f]{1,199})(?:=(.*))?$/s.exec(value) ?? [];
      if (isPlain(value)) plain.push(value);
      else if (name === '') continue;
      else if (rest === undefined) alone.add(name);
      else valued.set(name, [...(valued.get(name) ?? []), rest]);
    }
  }
  return [
    ...[...alone].sort(inOrder).map((flag): Argument => ({ flag })),
    ...[...valued]
      .sort(([a], [b]) => inOrder(a, b))
      .map(
        ([flag, values]): Argument => ({
          flag,
          ...(secretName.test(flag) ? { type: 'string' as const } : valueOf(values)),
        }),
      ),
    ...(plain.length > 0 ? [valueOf(plain)] : []),
  ];
}

function compileMounts(starts: readonly LaunchRequest[]): NonNullable<InputContractSpec['mounts']> {
  const seen = new Map<string, { types: Set<string>; isWritten: boolean }>();
  for (const { mounts } of starts) {
    for (const { target, type, readOnly } of mounts) {
      const place = compileHostPath(target);
      if (!place || place.parts.length === 0 || target.includes('\0')) continue;
      const text = formatHostPath(place);
      const of = seen.get(text) ?? { types: new Set(), isWritten: false };
      seen.set(text, of);
      of.types.add(type);
      of.isWritten ||= !readOnly;
    }
  }
  return [...seen]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([target, { types, isWritten }]) => {
      const [type] = types;
      const isOne = types.size === 1 && type !== 'other';
      return {
        target,
        ...(isOne ? { type: type as 'bind' } : {}),
        ...(isWritten ? {} : { readOnly: true }),
      };
    });
}

function compileFiles(starts: readonly LaunchRequest[]): NonNullable<InputContractSpec['files']> {
  const contents = new Map<string, (string | undefined)[]>();
  for (const { files } of starts)
    for (const { target, content } of files)
      if (/^\/[^\0]{1,500}$/.test(target)) contents.set(target, [...(contents.get(target) ?? []), content]);
  return Object.fromEntries(
    [...contents]
      .sort(([a], [b]) => inOrder(a, b))
      .map(([target, texts]) => [target, { format: formatOf(target, texts) }]),
  );
}

/** By the end of its name, where all that was seen is of it. */
function formatOf(target: string, texts: readonly (string | undefined)[]): FileFormat {
  const [, ending = ''] = /\.([a-z]+)$/i.exec(target) ?? [];
  const format = endings.get(ending.toLowerCase());
  return format && texts.every((text) => text !== undefined && parseInputFile(text, format)) ? format : 'text';
}
