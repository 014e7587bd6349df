import type { LaunchNamespace } from '../model/index.ts';

/** What leaves the container a namespace of its own; of networks every other name is one of a network. */
const ownModes: ReadonlyMap<LaunchNamespace['kind'], RegExp> = new Map<LaunchNamespace['kind'], RegExp>([
  ['pid', /^(?:private)?$/],
  ['ipc', /^(?:private|shareable|none|default)?$/],
  ['uts', /^(?:private)?$/],
  ['user', /^(?:private|auto(?::.*)?|keep-id(?::.*)?|nomap|remap(?::.*)?)?$/],
  ['cgroup', /^(?:private)?$/],
]);

/**
 * What `--pid`, `--network` and the like say (docker; podman's `ns:PATH` and `pod:`; `service:NAME` of compose): the namespace
 * where it is not the container's own, undefined where it is, `unknown` where the words mean nothing to any engine.
 */
export function parseNamespace(
  kind: LaunchNamespace['kind'],
  text: string,
  path: string,
): LaunchNamespace | undefined | 'unknown' {
  if (text === 'host') return { kind, path, mode: 'host' };
  const [, target] = /^(?:container|service|ns|pod):(.*)$/s.exec(text) ?? [];
  if (target !== undefined) return { kind, path, mode: 'shared', target };
  if (text === 'pod') return { kind, path, mode: 'shared', target: 'pod' };
  const own = ownModes.get(kind);
  // Podman and docker take a network's options behind its name.
  return own === undefined || own.test(text) ? undefined : 'unknown';
}
