import type { LaunchDevice } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';

/** What every engine or runtime lets a container have: null, zero, full, random, urandom, tty, console, ptmx and its terminals. */
const harmlessNumbers = new Set(['1:3', '1:5', '1:7', '1:8', '1:9', '5:0', '5:1', '5:2', '136:*']);
const all = 'a *:* ';

/**
 * The devices that a container may use (config-linux.md "Devices", "Allowed Device list"): nodes, with what the cgroup
 * allows of them, and rules that no node belongs to. Rules go in turn: one that refuses all takes back what was allowed before.
 */
export function readDevices(linux: BodyReader): readonly LaunchDevice[] {
  let rules: { readonly numbers: string; readonly access: string; readonly path: string }[] = [];
  for (const rule of linux.object('resources')?.objects('devices') ?? []) {
    const type = rule.text('type')?.value ?? 'a';
    const access = rule.text('access')?.value ?? 'rwm';
    const numbers = type === 'a' ? '*:*' : `${numberOf(rule, 'major')}:${numberOf(rule, 'minor')}`;
    const isAll = type === 'a' && access.length === 3;
    if (rule.flag('allow')) rules.push({ numbers: `${type} ${numbers}`, access, path: rule.path });
    else if (isAll) rules = [];
  }
  const nodes = linux.objects('devices').flatMap((node): LaunchDevice[] => {
    const numbers = `${numberOf(node, 'major')}:${numberOf(node, 'minor')}`;
    const type = node.text('type')?.value ?? '';
    if (type !== 'b' && harmlessNumbers.has(numbers)) return [];
    const own = rules.find((rule) => rule.numbers === `${type === 'u' ? 'c' : type} ${numbers}`);
    if (own) rules = rules.filter((rule) => rule !== own);
    const device = node.text('path')?.value ?? '';
    return [{ path: node.path, device, kind: 'path', ...(own ? { permissions: own.access } : {}) }];
  });
  const left = rules.filter(({ numbers, access }) => !isHarmlessRule(numbers, access));
  return [
    ...nodes,
    ...left.map(
      ({ numbers, access, path }): LaunchDevice => ({
        path,
        device: `${numbers} ${access}`,
        kind: 'cgroup-rule',
        permissions: access,
      }),
    ),
  ];
}

/** To make a node of any device is no use of it. */
function isHarmlessRule(numbers: string, access: string): boolean {
  return access === 'm' || (numbers.startsWith('c ') && harmlessNumbers.has(numbers.slice(2)));
}

/** A number that is missing or negative is any. */
function numberOf(reader: BodyReader, key: 'major' | 'minor'): string {
  const value = reader.raw(key);
  return typeof value === 'number' && value >= 0 ? String(value) : '*';
}

/** Whether every device of the host can be read and written. */
export function hasAllDevices(devices: readonly LaunchDevice[]): boolean {
  return devices.some(
    ({ kind, device }) =>
      kind === 'cgroup-rule' && device.startsWith(all) && /r/.test(device.slice(6)) && device.slice(6).includes('w'),
  );
}
