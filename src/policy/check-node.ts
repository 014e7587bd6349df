import { nearestName } from './nearest-name.ts';
import { badDocument, type Position } from './policy-error.ts';
import { type TextForm, textForms } from './text-forms.ts';
import { plainValue, type YamlNode } from './yaml-nodes.ts';

/** What of JSON Schema the kinds of documents use; `accepts` is the name of a form of text. */
export interface NodeSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly NodeSchema[];
  readonly properties?: Readonly<Record<string, NodeSchema>>;
  readonly required?: readonly string[];
  /** Names of any kind below the one pattern. */
  readonly patternProperties?: Readonly<Record<string, NodeSchema>>;
  /** False: closed. Absent: whatever JSON has. */
  readonly additionalProperties?: boolean;
  readonly items?: NodeSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly accepts?: string;
}

const mostText = 65_536;

/** The value of a node that is as the schema demands. Throws PolicyError at the node that is not, without what stands in it. */
export function checkNode(node: YamlNode, schema: NodeSchema, file: string, path = ''): unknown {
  const refuse = (message: string, remedy?: string, at: Position = node): never => {
    throw badDocument(file, at, `${path === '' ? 'a document' : path} ${message}`, remedy);
  };
  const inner = (child: YamlNode, of: NodeSchema, step: string): unknown =>
    checkNode(child, of, file, step.startsWith('[') || path === '' ? `${path}${step}` : `${path}.${step}`);
  if (schema.anyOf) return checkNode(node, chooseMember(node, schema.anyOf, refuse), file, path);

  const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (choices) {
    const value = node.kind === 'scalar' ? node.value : undefined;
    if (typeof value === 'string' && choices.includes(value)) return value;
    const near = typeof value === 'string' ? nearestName(value, choices) : undefined;
    return refuse(`must be ${listed(choices)}`, near === undefined ? undefined : `Did you mean "${near}"?`);
  }
  switch (schema.type) {
    case 'object': {
      if (node.kind !== 'map') return refuse(`must be a mapping, NAME: VALUE, not ${kindOf(node)}`);
      const known = schema.properties ?? {};
      const [[pattern, named] = []] = Object.entries(schema.patternProperties ?? {});
      const value: Record<string, unknown> = {};
      for (const [name, entry] of node.entries) {
        const step = /^[\w-]+$/.test(name) ? name : `[${JSON.stringify(name.slice(0, 60))}]`;
        if (Object.hasOwn(known, name)) value[name] = inner(entry.value, known[name] as NodeSchema, step);
        else if (named && new RegExp(pattern as string).test(name)) value[name] = inner(entry.value, named, step);
        else if (schema.additionalProperties === false || named)
          refuseField(name, entry.key, Object.keys(known), refuse);
        else {
          refusePrivateKeys(entry.value, file);
          value[name] = plainValue(entry.value);
        }
      }
      for (const name of schema.required ?? [])
        if (!Object.hasOwn(value, name)) refuse(`lacks the field "${name}"`, `Add "${name}:"`);
      return value;
    }
    case 'array': {
      if (node.kind !== 'list') return refuse(`must be a list, not ${kindOf(node)}`, 'Write "- " before each item');
      const { minItems = 0, maxItems = 1000, items = {} } = schema;
      if (node.items.length < minItems) refuse(minItems === 1 ? 'is empty' : `must have ${minItems} items`);
      if (node.items.length > maxItems) refuse(`has more than ${maxItems} items`);
      return node.items.map((item, index) => inner(item, items, `[${index}]`));
    }
    case 'string':
      return checkText(node, schema, refuse);
    case 'boolean':
      if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
      return refuse('must be true or false');
    case 'integer':
    case 'number': {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      const value = node.kind === 'scalar' ? node.value : undefined;
      const isOne = typeof value === 'number' && (schema.type === 'number' || Number.isSafeInteger(value));
      const bounds = maximum === Infinity ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      if (!isOne || value < minimum || value > maximum)
        return refuse(`must be a ${schema.type === 'integer' ? 'whole number' : 'number'} ${bounds}`);
      return value;
    }
    default:
      throw new TypeError(
        `a schema of documents has a type that is not known: ${JSON.stringify(schema).slice(0, 100)}`,
      );
  }
}

type Refuse = (message: string, remedy?: string, at?: Position) => never;

function checkText(node: YamlNode, schema: NodeSchema, refuse: Refuse): string {
  const form: TextForm | undefined = schema.accepts === undefined ? undefined : textForms[schema.accepts as 'name'];
  if (schema.accepts !== undefined && !form) throw new TypeError(`no form of text is called ${schema.accepts}`);
  const what = form?.what ?? 'text';
  if (node.kind !== 'scalar') return refuse(`must be ${what}, not ${kindOf(node)}`, form?.remedy);
  if (typeof node.value !== 'string') {
    const isQuotable = node.value !== null;
    return refuse(`must be ${what}, not ${kindOf(node)}`, isQuotable ? 'Put it in quotes' : 'Write a value');
  }
  const text = node.value;
  if (hasPrivateKey(text)) refuse('has a private key in it', privateKeyRemedy);
  if (text.length > (schema.maxLength ?? mostText)) refuse(`is longer than ${schema.maxLength ?? mostText} characters`);
  if (text.length < (schema.minLength ?? 0)) refuse('is empty', 'Write a value');
  const fault = form?.fault(text) ?? false;
  if (fault !== false) refuse(`must be ${what}${fault === true ? '' : `; it ${fault}`}`, form?.remedy);
  return text;
}

function refuseField(name: string, at: Position, known: readonly string[], refuse: Refuse): never {
  const near = nearestName(name, known);
  const remedy =
    near !== undefined ? `Did you mean "${near}"?` : known.length > 0 ? `It may have ${listed(known)}` : undefined;
  // A long name is none that somebody meant; it may be a secret in the wrong place.
  const shown = name.length <= 40 ? `"${name.replace(/[^\x20-\x7e]/g, '?')}"` : 'of that name';
  return refuse(`has no field ${shown}`, remedy, at);
}

/** Of several shapes the one that the node is most likely meant to be, so that its fault is told and no other. */
function chooseMember(node: YamlNode, members: readonly NodeSchema[], refuse: Refuse): NodeSchema {
  const typed = members.filter(({ type }) =>
    node.kind === 'map'
      ? type === 'object'
      : node.kind === 'list'
        ? type === 'array'
        : type !== 'object' && type !== 'array',
  );
  const whole = typed.find(
    ({ required = [] }) => node.kind !== 'map' || required.every((name) => node.entries.has(name)),
  );
  return whole ?? typed[0] ?? refuse(`must not be ${kindOf(node)}`);
}

const privateKeyRemedy = 'Give the public key, and replace the private one: it has been in a file now';

function hasPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}

function refusePrivateKeys(node: YamlNode, file: string): void {
  if (node.kind === 'list') for (const item of node.items) refusePrivateKeys(item, file);
  else if (node.kind === 'map') for (const { value } of node.entries.values()) refusePrivateKeys(value, file);
  else if (typeof node.value === 'string' && hasPrivateKey(node.value))
    throw badDocument(file, node, 'this has a private key in it', privateKeyRemedy);
}

function kindOf(node: YamlNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'text' : typeof node.value === 'number' ? 'a number' : 'true or false';
}

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
