import { parsePort } from '../docker-defaults.ts';
import type { JsonValue } from '../json-value.ts';
import type { LaunchDraft } from '../launch-draft.ts';
import { isJsonMap } from '../yaml-text.ts';
import type { ValueReader } from './compose-scope.ts';

/** A network that is the host's by its name or driver is one of the host. */
export function readNetworks(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  const named = isJsonMap(value)
    ? [...read.fields(value, path)].map(([name, field]) => ({ value: name, path: field.path }))
    : read.texts(value, path);
  const { networks } = read.scope.top;
  for (const { value: name, path: at } of named) {
    const declared = isJsonMap(networks) && Object.hasOwn(networks, name) ? networks[name] : undefined;
    if (!isJsonMap(declared)) continue;
    const driver = typeof declared.driver === 'string' ? read.text(declared.driver, at) : '';
    const real = typeof declared.name === 'string' ? read.text(declared.name, at) : name;
    if (driver === 'host' || real === 'host')
      draft.namespaces.set('network', { kind: 'network', path: at, mode: 'host' });
    else if (driver !== '' && driver !== 'bridge' && driver !== 'overlay' && driver !== 'default')
      draft.other('network driver', driver, at);
  }
}

const portFields = new Set(['name', 'mode', 'host_ip', 'target', 'published', 'protocol', 'app_protocol']);

export function readPorts(draft: LaunchDraft, value: JsonValue, path: string, read: ValueReader): void {
  for (const item of read.list(value, path)) {
    if (!isJsonMap(item.value)) {
      const text = read.text(item.value, item.path);
      draft.addPorts(parsePort(text, item.path), item.path);
      continue;
    }
    const fields = read.fields(item.value, item.path, portFields);
    const part = (name: string): string => {
      const field = fields.get(name);
      return field ? read.text(field.value, field.path) : '';
    };
    const address = part('host_ip');
    const front = address === '' ? '' : `${address.includes(':') ? `[${address}]` : address}:`;
    const text = `${front}${part('published')}:${part('target')}/${part('protocol') || 'tcp'}`;
    draft.addPorts(parsePort(front === '' && part('published') === '' ? text.slice(1) : text, item.path), item.path);
  }
}
