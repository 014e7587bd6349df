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
  ['livenessProbe', 'probe'],
  ['readinessProbe', 'probe'],
  ['startupProbe', 'probe'],
  ['postStart', 'post-start'],
  ['preStop', 'pre-stop'],
] as const;
const peers = ['httpGet', 'tcpSocket'] as const;

/** Probes and lifecycle hooks. Their commands are run as they stand: `$(NAME)` is not replaced in them. */
export function readContainerScripts(container: JsonObject, path: string): ContainerScripts {
  const scripts: LaunchScript[] = [];
  const hosts: { host: string; path: string }[] = [];
  const others: Other[] = [];
  const lifecycle = readObject(container, 'lifecycle', path);
  if (lifecycle) others.push(...unknownKeys(lifecycle, below(path, 'lifecycle'), knownKeys.lifecycle));
  for (const [key, purpose] of places) {
    const [parent, parentPath] = purpose === 'probe' ? [container, path] : [lifecycle, below(path, 'lifecycle')];
    const handler = parent && readObject(parent, key, parentPath);
    if (handler === undefined) continue;
    const at = below(parentPath, key);
    others.push(...unknownKeys(handler, at, purpose === 'probe' ? knownKeys.probe : knownKeys.handler));
    const exec = readObject(handler, 'exec', at);
    if (exec) {
      others.push(...unknownKeys(exec, below(at, 'exec'), knownKeys.exec));
      scripts.push({ purpose, command: readTexts(exec, 'command', below(at, 'exec'), podLimits.arguments) });
    }
    for (const peerKey of peers) {
      const peer = readObject(handler, peerKey, at);
      if (peer === undefined) continue;
      const place = below(at, peerKey);
      others.push(...unknownKeys(peer, place, knownKeys.peer));
      const host = readText(peer, 'host', place);
      if (host !== undefined && host !== '') hosts.push({ host, path: below(place, 'host') });
    }
  }
  return { scripts, hosts, others };
}
