import { parseDevice } from '../docker-defaults.ts';
import { type JsonValue, quoteName } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { LaunchError } from '../launch-error.ts';
import { isJsonMap } from '../yaml-text.ts';
import { describe, type ValueReader } from './compose-scope.ts';

export function readDevices(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  for (const item of read.list(value, path)) {
    if (!isJsonMap(item.value)) {
      draft.devices.push(parseDevice(read.text(item.value, item.path), item.path));
      continue;
    }
    const fields = read.fields(item.value, item.path, new Set(['source', 'target', 'permissions']));
    const part = (name: string): string => {
      const field = fields.get(name);
      return field ? read.text(field.value, field.path) : '';
    };
    const text = [part('source'), part('target') || part('source'), part('permissions') || 'rwm'].join(':');
    draft.devices.push(
      part('permissions') === '' ? parseDevice(part('source'), item.path) : parseDevice(text, item.path),
    );
  }
}

/** Devices that a driver is asked for: `gpus`, and `deploy.resources.reservations.devices`. */
export function readDeviceRequests(
  kind: string,
  draft: LaunchDraft,
  value: JsonValue,
  path: string,
  read: ValueReader,
): void {
  if (!Array.isArray(value)) {
    draft.devices.push({ path, device: `${kind}=${read.text(value, path)}`, kind: 'request' });
    return;
  }
  for (const item of read.list(value, path)) {
    const words = [...read.fields(item.value, item.path)].map(([name, field]) => {
      const text = Array.isArray(field.value)
        ? read.texts(field.value, field.path).map((each) => each.value)
        : [isJsonMap(field.value) ? describe(field.value) : read.text(field.value, field.path)];
      return `${name}=${text.join('+')}`;
    });
    draft.devices.push({ path: item.path, device: [kind, ...words].join(','), kind: 'request' });
  }
}

const harmlessDeploy = new Set(
  'mode replicas endpoint_mode labels rollback_config update_config restart_policy placement'.split(' '),
);

export function readDeploy(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  if (value === null) return;
  for (const [name, field] of read.fields(value, path)) {
    if (harmlessDeploy.has(name)) continue;
    if (name !== 'resources') draft.other(`deploy.${name}`, describe(field.value), field.path);
    else
      for (const [part, { value: inner, path: at }] of read.fields(field.value, field.path)) {
        if (part === 'limits') readLimits(draft, inner, at, read);
        else if (part === 'reservations') {
          const devices = read.fields(inner, at).get('devices');
          if (devices) readDeviceRequests('device', draft, devices.value, devices.path, read);
        } else draft.other(`deploy.resources.${part}`, describe(inner), at);
      }
  }
}

function readLimits(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  for (const [name, field] of read.fields(value, path)) {
    if (name === 'memory') draft.setLimit('memoryBytes', read.size(field.value, field.path));
    else if (name === 'cpus') draft.setLimit('cpus', read.number(field.value, field.path));
    else if (name === 'pids') draft.setLimit('pids', read.number(field.value, field.path));
    else throw new LaunchError('bad-launch', field.path, `the limit ${quoteName(name)} is not known`);
  }
}
