import type { LaunchDevice, LaunchUser } from '../model/index.ts';
import { quoteName } from './json-value.ts';
import { LaunchError } from './launch-error.ts';

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text): [string, boolean] => [text, true]),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text): [string, boolean] => [text, false]),
]);

/** As Go's strconv.ParseBool reads it. Throws LaunchError. */
export function parseBoolean(text: string, path: string): boolean {
  const value = truths.get(text);
  if (value === undefined) throw new LaunchError('bad-launch', path, `${quoteName(text)} is neither true nor false`);
  return value;
}

const shifts: ReadonlyMap<string, number> = new Map(['', 'k', 'm', 'g', 't', 'p'].map((unit, step) => [unit, step]));

/** Bytes of `512m`, `1.5GiB`, `64 kb` (docker/go-units RAMInBytes: powers of 1024). Throws LaunchError. */
export function parseSize(text: string, path: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,15})?) ?([kmgtp]?)i?b?$/i.exec(text) ?? [];
  const bytes = Math.trunc(Number(digits) * 1024 ** (shifts.get(unit.toLowerCase()) ?? 0));
  if (digits === '' || !Number.isSafeInteger(bytes))
    throw new LaunchError('bad-launch', path, `${quoteName(text)} is no size such as 512m`);
  return bytes;
}

/**
 * `1000:1000`, `www-data`, `:100`; undefined where the text is empty. A part that Go's strconv.Atoi takes for a number is one,
 * `+0` too. Throws LaunchError for a number that engines have wrapped around (CVE-2024-40635) and for more than two parts.
 */
export function parseDockerUser(text: string, path: string): LaunchUser | undefined {
  if (text === '') return undefined;
  const parts = text.split(':');
  if (parts.length > 2) throw new LaunchError('bad-launch', path, `${quoteName(text)} is no user and group`);
  const [user = '', group = ''] = parts;
  const uid = user === '' ? 0 : parseId(user, path);
  const gid = parseId(group, path);
  return { text, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

function parseId(text: string, path: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const id = Number(text);
  if (id < 0 || id > 2 ** 31 - 1)
    throw new LaunchError('bad-launch', path, `${quoteName(text)} is beyond the IDs of users and groups`);
  // Negative zero is no other than zero.
  return Math.abs(id);
}

/** By container-device-interface: a vendor, a class and a name. */
const deviceName = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9_-]*=[A-Za-z0-9][A-Za-z0-9._:-]*$/;

/** `/dev/sda`, `/dev/sda:/dev/xvdc:rwm`, `/dev/sda:r`, or the name by which CDI knows one: `vendor.com/gpu=0`. Throws LaunchError. */
export function parseDevice(text: string, path: string): LaunchDevice {
  if (deviceName.test(text)) return { path, device: text, kind: 'request' };
  const parts = text.split(':');
  const [device = '', second, third] = parts;
  const mode = third ?? (second !== undefined && isDeviceMode(second) ? second : 'rwm');
  if (parts.length > 3 || !device.startsWith('/') || !isDeviceMode(mode))
    throw new LaunchError('bad-launch', path, `${quoteName(text)} is no device such as /dev/fuse:/dev/fuse:rwm`);
  return { path, device, kind: 'path', permissions: mode };
}

function isDeviceMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}
