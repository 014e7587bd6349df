import type { JsonObject } from '../../base/index.ts';
import type { LaunchScript } from '../../model/index.ts';
import { knownKeys } from './known-keys.ts';
import { below, type Other, podLimits, readObject, readText, readTexts, unknownKeys } from './pod-reading.ts';

export interface ContainerScripts {
  readonly scripts: readonly LaunchScript[];
  /** Hosts that the kubelet is told to speak to. */
  readonly hosts: readonly { readonly host: string; readonly path: string }[];
  readonly others: readonly Other[];
}

const places = [
  [['livenessProbe'], 'probe'],
  [['readinessProbe'], 'probe'],
  [['startupProbe'], 'probe'],
  [['lifecycle', 'postStart'], 'post-start'],
  [['lifecycle', 'preStop'], 'pre-stop'],
] as const;

/** Probes and lifecycle hooks. Their commands are run as they stand: `$(NAME)` is not replaced in them. */
export function readContainerScripts(container: JsonObject, path: string): ContainerScripts {
  const scripts: LaunchScript[] = [];
  const hosts: { host: string; path: string }[] = [];
  const others: Other[] = [];
  const lifecycle = readObject(container, 'lifecycle', path);
  if (lifecycle) others.push(...unknownKeys(lifecycle, below(path, 'lifecycle'), knownKeys.lifecycle));
  for (const [keys, purpose] of places) {
    let handler: JsonObject | undefined = container;
    let at = path;
    for (const key of keys) {
      handler = handler && readObject(handler, key, at);
      at = below(at, key);
    }
    if (handler === undefined) continue;
    others.push(...unknownKeys(handler, at, purpose === 'probe' ? knownKeys.probe : knownKeys.handler));
    const exec = readObject(handler, 'exec', at);
    if (exec) {
      others.push(...unknownKeys(exec, below(at, 'exec'), new Set(['command'])));
      scripts.push({ purpose, command: readTexts(exec, 'command', below(at, 'exec'), podLimits.arguments) });
    }
    for (const key of ['httpGet', 'tcpSocket']) {
      const peer = readObject(handler, key, at);
      const place = below(at, key);
      if (peer) others.push(...unknownKeys(peer, place, new Set(['path', 'port', 'host', 'scheme', 'httpHeaders'])));
      const host = peer && readText(peer, 'host', place);
      if (host !== undefined && host !== '') hosts.push({ host, path: below(place, 'host') });
    }
  }
  return { scripts, hosts, others };
}
