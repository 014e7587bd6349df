import { posix } from 'node:path';
import type { LaunchMount, LaunchRequest } from '../model/index.ts';
import { quoteName } from './json-value.ts';
import { LaunchError } from './launch-error.ts';
import { parseBoolean, parseSize } from './value-text.ts';

export interface ReadMount {
  readonly mount: LaunchMount;
  /** What it is told besides and has no place in LaunchMount. */
  readonly others: LaunchRequest['others'];
}

/** A volume's name; whatever else stands for a source is a path of the host, however it is written. */
const volumeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** Of SELinux, of copying, of macOS, and what takes something away: none gives more than the mount itself. */
const harmlessModes = new Set(
  'z Z nocopy copy cached delegated consistent default noexec exec nodev nosuid bind rbind noswap'.split(' '),
);
/** Of podman: that owners are changed on the host, that devices and setuid count, that another directory is written. */
const otherModes = /^(?:U|O|dev|suid|idmap(?:=.*)?|upperdir=.*|workdir=.*)$/;
const propagations: ReadonlyMap<string, LaunchMount['propagation']> = new Map(
  ['private', 'slave', 'shared', 'unbindable'].flatMap((mode): [string, LaunchMount['propagation']][] => {
    const value = mode === 'shared' || mode === 'slave' ? mode : undefined;
    return [
      [mode, value],
      [`r${mode}`, value],
    ];
  }),
);

/** Whether a source names a volume; otherwise it is a path of the host, as asked. */
export function isVolumeName(source: string): boolean {
  return volumeName.test(source);
}

/** `/a:/b`, `data:/b:ro,rslave`, `/b` (moby volume/mounts ParseMountRaw; podman's modes too). Throws LaunchError. */
export function parseBind(text: string, path: string, volumeDriver?: string): ReadMount {
  const parts = text.split(':');
  const [first = '', second, modes = ''] = parts;
  if (parts.length > 3 || first === '' || second === '')
    throw new LaunchError('bad-launch', path, `${quoteName(text)} is no source:target:mode`);
  if (second === undefined)
    return { mount: { type: 'volume', path, target: parseTarget(first, path), readOnly: false }, others: [] };
  const type = isVolumeName(first) ? 'volume' : 'bind';
  const { readOnly, propagation, others } = parseModes(modes, path);
  const mount: LaunchMount = {
    type,
    path,
    target: parseTarget(second, path),
    source: first,
    readOnly,
    ...(propagation === undefined ? {} : { propagation }),
    ...(volumeDriver === undefined || type === 'bind' ? {} : { driver: volumeDriver }),
  };
  return { mount, others };
}

function parseModes(text: string, path: string) {
  const others: LaunchRequest['others'][number][] = [];
  let readOnly = false;
  let propagation: LaunchMount['propagation'];
  for (const mode of text === '' ? [] : text.split(',')) {
    if (mode === 'ro' || mode === 'rw') readOnly = mode === 'ro';
    else if (propagations.has(mode)) propagation = propagations.get(mode) ?? propagation;
    else if (otherModes.test(mode)) others.push({ name: 'mount option', value: mode, path });
    else if (!harmlessModes.has(mode))
      throw new LaunchError('bad-launch', path, `${quoteName(mode)} is no mode of a mount`);
  }
  return { readOnly, propagation, others };
}

/** The absolute path in the container, without `..` and doubled slashes. Throws LaunchError. */
export function parseTarget(text: string, path: string): string {
  if (!text.startsWith('/'))
    throw new LaunchError('bad-launch', path, `${quoteName(text)} is no absolute path in the container`);
  return posix.normalize(text).replace(/(?<=.)\/$/, '');
}

const mountTypes = new Set<LaunchMount['type']>(['bind', 'volume', 'tmpfs', 'image']);
/** Keys of `--mount` that give no more than the mount itself. */
const harmlessKeys = new Set(
  'consistency bind-nonrecursive bind-recursive bind-create-src volume-nocopy volume-label volume-subpath image-subpath subpath tmpfs-mode relabel no-dereference notmpcopyup tmpcopyup'.split(
    ' ',
  ),
);
const targetKeys = new Set(['target', 'dst', 'destination']);

/**
 * `type=bind,src=/a,dst=/b,readonly`, quoted as CSV is (docker/cli opts/mount.go; podman's keys too). Keys in any case, the
 * last one counts. Throws LaunchError.
 */
export function parseMountText(text: string, path: string): ReadMount {
  const others: LaunchRequest['others'][number][] = [];
  const options: Record<string, string> = Object.create(null);
  let type = 'volume';
  let source: string | undefined;
  let target: string | undefined;
  let readOnly = false;
  let propagation: LaunchMount['propagation'];
  let driver: string | undefined;
  for (const field of splitCsv(text, path)) {
    const at = field.indexOf('=');
    const key = (at < 0 ? field : field.slice(0, at)).toLowerCase();
    const value = at < 0 ? '' : field.slice(at + 1);
    if (key === 'type') type = value.toLowerCase();
    else if (key === 'source' || key === 'src') source = value;
    else if (targetKeys.has(key)) target = parseTarget(value, path);
    else if (key === 'readonly' || key === 'ro') readOnly = at < 0 || parseBoolean(value, path);
    else if (key === 'rw') readOnly = at >= 0 && !parseBoolean(value, path);
    else if (key === 'bind-propagation') {
      if (!propagations.has(value.toLowerCase()))
        throw new LaunchError('bad-launch', path, `${quoteName(value)} is no propagation`);
      propagation = propagations.get(value.toLowerCase());
    } else if (key === 'volume-driver') driver = value;
    else if (key === 'volume-opt') {
      const equals = value.indexOf('=');
      const name = equals < 0 ? value : value.slice(0, equals);
      if (name !== '') options[name] = equals < 0 ? '' : value.slice(equals + 1);
    } else if (key === 'tmpfs-size') parseSize(value, path);
    else if (otherModes.test(field)) others.push({ name: 'mount option', value: field, path });
    else if (propagations.has(key) && at < 0) propagation = propagations.get(key) ?? propagation;
    else if (!harmlessKeys.has(key) && !(at < 0 && harmlessModes.has(field)))
      throw new LaunchError('bad-launch', path, `${quoteName(key)} is no option of a mount`);
  }
  if (target === undefined) throw new LaunchError('bad-launch', path, 'the mount has no target');
  // No volume is called so; an engine that takes it nevertheless takes it for a path.
  if (type === 'volume' && source !== undefined && source !== '' && !isVolumeName(source)) type = 'bind';
  const known = [...mountTypes].find((each) => each === type);
  if (!known) others.push({ name: 'mount type', value: type, path });
  const mount: LaunchMount = {
    type: known ?? 'other',
    path,
    target,
    ...(source === undefined || source === '' ? {} : { source }),
    readOnly,
    ...(propagation === undefined ? {} : { propagation }),
    ...(driver === undefined || driver === '' ? {} : { driver }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
  return { mount, others };
}

/** One line of CSV (RFC 4180), as Go's encoding/csv reads it: quotes only around a whole field. */
function splitCsv(text: string, path: string): readonly string[] {
  const fields: string[] = [];
  let rest = text;
  for (;;) {
    const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"(?=,|$)|([^",]*)(?=,|$))/.exec(rest) ?? [];
    if (quoted === undefined && plain === undefined)
      throw new LaunchError('bad-launch', path, 'a quote stands in the middle of an option');
    const length = quoted === undefined ? (plain ?? '').length : quoted.length + 2;
    fields.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (length >= rest.length) return fields;
    rest = rest.slice(length + 1);
    if (fields.length > 200) throw new LaunchError('launch-limit', path, 'there are more than 200 options of a mount');
  }
}
