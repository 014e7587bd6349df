import type { EngineKind } from '../../model/index.ts';

export type EngineSockets = Readonly<Record<EngineKind, readonly string[]>>;

/**
 * Where the engines of this machine listen, by what the environment says, in the order they are tried:
 * `PORTWARDEN_DOCKER_SOCKET` (empty: none), else `DOCKER_HOST` where it is a unix socket, else docker's usual places;
 * and the same with `PORTWARDEN_PODMAN_SOCKET` and `CONTAINER_HOST` for podman. A user's own engine comes before
 * root's, except for root.
 */
export function engineSockets(env: NodeJS.ProcessEnv, isRoot = process.getuid?.() === 0): EngineSockets {
  const runtimeDirectory = env.XDG_RUNTIME_DIR;
  const usual = (ofRoot: string, inRuntimeDirectory: string): readonly string[] => {
    const own = runtimeDirectory ? [`${runtimeDirectory}/${inRuntimeDirectory}`] : [];
    return isRoot ? [ofRoot, ...own] : [...own, ofRoot];
  };
  return {
    docker: chosen(env.PORTWARDEN_DOCKER_SOCKET, env.DOCKER_HOST) ?? usual('/var/run/docker.sock', 'docker.sock'),
    podman:
      chosen(env.PORTWARDEN_PODMAN_SOCKET, env.CONTAINER_HOST) ??
      usual('/run/podman/podman.sock', 'podman/podman.sock'),
  };
}

function chosen(own: string | undefined, host: string | undefined): readonly string[] | undefined {
  if (own !== undefined) return own === '' ? [] : [own.replace(/^unix:\/\//, '')];
  return host?.startsWith('unix://') ? [host.slice('unix://'.length)] : undefined;
}
