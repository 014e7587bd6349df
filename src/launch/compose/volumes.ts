import type { LaunchMount } from '../../model/index.ts';
import { type JsonValue, quoteName } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { isVolumeName, parseBind, parseMountText, parseTarget, type ReadMount } from '../mount-text.ts';
import { isJsonMap } from '../yaml-text.ts';
import { type ValueReader, wrongType } from './compose-scope.ts';

/**
 * `volumes` of a service, short and long; what the file says of a named volume goes with it. Those of a service that it
 * extends give way where they have the same target.
 */
export function readVolumes(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const found = read.list(value, path).map((item) => {
    const short = isJsonMap(item.value) ? undefined : read.text(item.value, item.path);
    return short === undefined ? readLong(item.value, item.path, read) : parseBind(short, item.path);
  });
  const targets = new Set(found.map(({ mount }) => mount.target));
  draft.mounts = draft.mounts.filter((mount) => !mount.path.includes('.volumes[') || !targets.has(mount.target));
  for (const { mount, others } of found) draft.addMount({ mount: withDeclared(mount, read), others });
}

const longFields = new Set([
  'type',
  'source',
  'target',
  'read_only',
  'consistency',
  'bind',
  'volume',
  'tmpfs',
  'image',
]);
const types = new Set(['bind', 'volume', 'tmpfs', 'image', 'npipe', 'cluster']);

function readLong(value: JsonValue, path: string, read: ValueReader): ReadMount {
  const fields = read.fields(value, path, longFields);
  const part = (name: string): string => {
    const field = fields.get(name);
    return field ? read.text(field.value, field.path) : '';
  };
  const type = part('type');
  if (!types.has(type)) throw wrongType(path, `of one of the types ${[...types].join(', ')}`);
  const source = part('source');
  const readOnly = fields.get('read_only');
  const others: ReadMount['others'][number][] = [];
  if (type === 'npipe' || type === 'cluster') others.push({ name: 'mount type', value: type, path });
  const isPath = type === 'volume' && source !== '' && !isVolumeName(source);
  const mount: LaunchMount = {
    type: isPath ? 'bind' : type === 'npipe' || type === 'cluster' ? 'other' : (type as LaunchMount['type']),
    path,
    target: parseTarget(part('target'), path),
    ...(source === '' ? {} : { source }),
    readOnly: readOnly ? read.boolean(readOnly.value, readOnly.path).value : false,
    ...readPropagation(fields.get('bind')?.value, path, read),
  };
  return { mount, others };
}

function readPropagation(bind: JsonValue | undefined, path: string, read: ValueReader): Partial<LaunchMount> {
  if (bind === undefined || bind === null) return {};
  const propagation = read.fields(bind, path).get('propagation');
  if (!propagation) return {};
  const text = read.text(propagation.value, propagation.path);
  const { mount } = parseMountText(`type=bind,src=/x,dst=/x,bind-propagation=${text.replaceAll(/[,"]/g, '?')}`, path);
  return mount.propagation === undefined ? {} : { propagation: mount.propagation };
}

/** With the driver and its options that the top of the file gives to a volume: `o: bind` and `device` reach the host. */
function withDeclared(mount: LaunchMount, read: ValueReader): LaunchMount {
  const { volumes } = read.scope.top;
  const source = mount.source ?? '';
  const declared =
    isJsonMap(volumes) && mount.type === 'volume' && Object.hasOwn(volumes, source) ? volumes[source] : null;
  if (!isJsonMap(declared)) return mount;
  const at = `volumes.${source}`;
  const fields = read.fields(declared, at, new Set(['name', 'driver', 'driver_opts', 'external', 'labels']));
  const name = fields.get('name');
  const driver = fields.get('driver');
  const options = fields.get('driver_opts');
  const external = fields.get('external');
  const realName =
    name ?? (isJsonMap(external?.value) ? read.fields(external.value, external.path).get('name') : undefined);
  return {
    ...mount,
    ...(realName ? { source: read.text(realName.value, realName.path) } : {}),
    ...(driver ? { driver: read.text(driver.value, driver.path) } : {}),
    ...(options ? { options: readOptions(options.value, options.path, read) } : {}),
  };
}

function readOptions(value: JsonValue, path: string, read: ValueReader): Readonly<Record<string, string>> {
  const options: Record<string, string> = Object.create(null);
  if (!isJsonMap(value)) throw new LaunchError('bad-launch', path, `${quoteName('driver_opts')} must be a map`);
  for (const { name, value: text } of read.textPairs(value, path)) options[name] = text;
  return options;
}
