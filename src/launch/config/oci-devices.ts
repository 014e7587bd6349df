import type { LaunchDevice } from '../../model/index.ts';
import type { BodyReader } from '../body-reader.ts';

/** What every engine or runtime lets a container have: null, zero, full, random, urandom, tty, console, ptmx and its terminals. */
const harmlessNumbers = new Set(['1:3', '1:5', '1:7', '1:8', '1:9', '5:0', '5:1', '5:2', '136:*']);

/**
 * The devices that a container may use (config-linux.md "Devices", "Allowed Device list"): nodes, with what the cgroup
 * allows of them, and rules that no node belongs to. Rules go in turn: one that refuses all takes back what was allowed before.
 */
export function readDevices(linux: BodyReader): readonly LaunchDevice[] {
  const rules = new Map<string, { readonly numbers: string; readonly access: string; readonly path: string }[]>();
  for (const rule of linux.object('resources')?.objects('devices') ?? []) {
    const type = rule.text('type')?.value ?? 'a';
    const access = rule.text('access')?.value ?? 'rwm';
    const numbers = `${type} ${type === 'a' ? '*:*' : numbersOf(rule)}`;
    if (rule.flag('allow')) {
      const same = rules.get(numbers) ?? [];
      rules.set(numbers, same);
      same.push({ numbers, access, path: rule.path });
    } else if (type === 'a' && access.length === 3) rules.clear();
  }
  const taken = new Set<string>();
  const nodes = linux.objects('devices').flatMap((node): LaunchDevice[] => {
    const numbers = numbersOf(node);
    const type = node.text('type')?.value ?? '';
    if (type !== 'b' && harmlessNumbers.has(numbers)) return [];
    const key = `${type === 'u' ? 'c' : type} ${numbers}`;
    const [own, ...more] = rules.get(key) ?? [];
    // Of several rules each stays in the list.
    const isOwn = own !== undefined && more.length === 0;
    if (isOwn) taken.add(key);
    const device = node.text('path')?.value ?? '';
    return [{ path: node.path, device, kind: 'path', ...(isOwn ? { permissions: own.access } : {}) }];
  });
  const left = [...rules]
    .filter(([key]) => !taken.has(key))
    .flatMap(([, same]) => same)
    .filter(({ numbers, access }) => !isHarmlessRule(numbers, access));
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
function numbersOf(reader: BodyReader): string {
  const [major, minor] = ['major', 'minor'].map((key) => {
    const value = reader.raw(key);
    return typeof value === 'number' && value >= 0 ? String(value) : '*';
  });
  return `${major}:${minor}`;
}

/** Whether every device of the host can be read and written. */
export function hasAllDevices(devices: readonly LaunchDevice[]): boolean {
  return devices.some(
    ({ kind, device, permissions = '' }) =>
      kind === 'cgroup-rule' && device.startsWith('a *:* ') && permissions.includes('r') && permissions.includes('w'),
  );
}
