import { asArray, asObject, asString, BoundError, parseJson } from '../../base/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import type { CloudFile } from './cloud-platform.ts';
import { JsonField } from './json-field.ts';

/** Of all files together, but for `fileBytes`. */
export const exportLimits = {
  files: 1000,
  bytes: 256 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  resources: 200_000,
  rules: 500_000,
};

/** A resource that Terraform knows: in a state, a plan or a configuration. */
export interface CloudResource {
  readonly type: string;
  /** `module.shop.aws_security_group.web[0]`. */
  readonly address: string;
  readonly values: JsonField;
  /** What others name it by: its ID; in a configuration the expression that gives it. */
  readonly id: string;
}

export interface CloudExports {
  readonly resources: readonly CloudResource[];
  /** Files that are no Terraform: what the cloud's own tool lists, each as a whole. */
  readonly listings: readonly JsonField[];
}

/**
 * What exported files hold: `terraform show -json` of a state or a plan (values of modules), a state file of version 4, JSON
 * configuration, or listings of the cloud's own tool. Throws SegmentationError `bad-rules`.
 */
export function readExports(files: readonly CloudFile[], wants: (type: string) => boolean): CloudExports {
  if (files.length > exportLimits.files)
    throw new SegmentationError('bad-rules', `there are more than ${exportLimits.files} files`);
  const resources: CloudResource[] = [];
  const listings: JsonField[] = [];
  let bytes = 0;
  for (const file of files) {
    bytes += file.text.length;
    if (file.text.length > exportLimits.fileBytes || bytes > exportLimits.bytes)
      throw new SegmentationError('bad-rules', `${file.path}: it is larger than what is read`);
    const top = parseFile(file);
    const found = resourcesOf(file.path, top, wants);
    if (found === undefined) listings.push(new JsonField(file.path, file.path, top));
    else for (const resource of found) resources.push(resource);
    if (resources.length > exportLimits.resources)
      throw new SegmentationError('bad-rules', `${file.path}: there are more than ${exportLimits.resources} resources`);
  }
  return { resources, listings };
}

function parseFile({ path, text }: CloudFile): unknown {
  try {
    return parseJson(text.replace(/^\ufeff/, ''), path);
  } catch (cause) {
    if (!(cause instanceof BoundError)) throw cause;
    throw new SegmentationError('bad-rules', `${path}: this is no JSON that is read: ${cause.message}`, { cause });
  }
}

type Wants = (type: string) => boolean;

function resourcesOf(file: string, top: unknown, wants: Wants): readonly CloudResource[] | undefined {
  const map = asObject(top);
  const root = asObject(asObject(map?.values)?.root_module) ?? asObject(asObject(map?.planned_values)?.root_module);
  if (root !== undefined) return [...modulesOf(file, root, wants)];
  if (map?.format_version !== undefined && map.terraform_version !== undefined) return []; // An empty state.
  if (map?.version === 4 && asArray(map.resources)) return [...stateOf(file, asArray(map.resources) ?? [], wants)];
  if (asObject(map?.resource) || asObject(map?.data)) return configurationOf(file, map ?? {}, wants);
  return undefined;
}

/** As `terraform show -json` has them (format version 1). */
function* modulesOf(file: string, module: Readonly<Record<string, unknown>>, wants: Wants): Generator<CloudResource> {
  for (const item of asArray(module.resources) ?? []) {
    const type = asString(asObject(item)?.type) ?? '';
    if (!wants(type)) continue;
    const address = asString(asObject(item)?.address) ?? type;
    const values = new JsonField(file, address, asObject(item)?.values);
    yield { type, address, values, id: asString(asObject(values.value)?.id) ?? address };
  }
  for (const child of asArray(module.child_modules) ?? []) {
    const inner = asObject(child);
    if (inner) yield* modulesOf(file, inner, wants);
  }
}

/** As a state file has them. */
function* stateOf(file: string, resources: readonly unknown[], wants: Wants): Generator<CloudResource> {
  for (const item of resources) {
    const { type, name, module, mode, instances } = asObject(item) ?? {};
    if (typeof type !== 'string' || !wants(type)) continue;
    for (const instance of asArray(instances) ?? []) {
      const { attributes, index_key: key } = asObject(instance) ?? {};
      const index = key === undefined ? '' : `[${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`;
      const prefix = `${typeof module === 'string' ? `${module}.` : ''}${mode === 'data' ? 'data.' : ''}`;
      const address = `${prefix}${type}.${String(name)}${index}`;
      yield {
        type,
        address,
        values: new JsonField(file, address, attributes),
        id: asString(asObject(attributes)?.id) ?? address,
      };
    }
  }
}

const reference = /^\$\{(?:data\.)?([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\.([A-Za-z0-9_]+)\}$/;

/** Of JSON syntax. An expression that names an attribute which is written there is that attribute; others stay as they are. */
function configurationOf(file: string, top: Readonly<Record<string, unknown>>, wants: Wants): readonly CloudResource[] {
  const bodies = new Map<string, Readonly<Record<string, unknown>>>();
  const found: { readonly type: string; readonly address: string; readonly body: unknown }[] = [];
  for (const [kind, prefix] of [
    ['resource', ''],
    ['data', 'data.'],
  ] as const)
    for (const [type, labels] of Object.entries(asObject(top[kind]) ?? {}))
      for (const [label, written] of Object.entries(asObject(labels) ?? {})) {
        const body = asArray(written)?.[0] ?? written;
        bodies.set(`${type}.${label}`, asObject(body) ?? {});
        if (wants(type)) found.push({ type, address: `${prefix}${type}.${label}`, body });
      }
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const [, target = '', attribute = ''] = reference.exec(value) ?? [];
      const body = bodies.get(target);
      const known = body !== undefined && Object.hasOwn(body, attribute) ? body[attribute] : undefined;
      return typeof known === 'string' ? known : value;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
  };
  return found.map(({ type, address, body }) => {
    const values = new JsonField(file, address, resolve(body));
    return { type, address, values, id: `\${${address}.id}` };
  });
}
