import { describe, expect, it } from 'vitest';
import { engineSockets } from './engine-sockets.ts';

describe('where engines listen', () => {
  const cases: readonly (readonly [string, NodeJS.ProcessEnv, boolean, readonly string[], readonly string[]])[] = [
    ['usually', {}, true, ['/var/run/docker.sock'], ['/run/podman/podman.sock']],
    [
      "for a user, whose own come before root's",
      { XDG_RUNTIME_DIR: '/run/user/7' },
      false,
      ['/run/user/7/docker.sock', '/var/run/docker.sock'],
      ['/run/user/7/podman/podman.sock', '/run/podman/podman.sock'],
    ],
    [
      "where docker's and podman's own variables say",
      { DOCKER_HOST: 'unix:///a', CONTAINER_HOST: 'unix:///b' },
      true,
      ['/a'],
      ['/b'],
    ],
    [
      'not across the network',
      { DOCKER_HOST: 'tcp://10.0.0.1:2375', CONTAINER_HOST: 'ssh://x' },
      true,
      ['/var/run/docker.sock'],
      ['/run/podman/podman.sock'],
    ],
    [
      'where we are told, above all',
      { PORTWARDEN_DOCKER_SOCKET: '/c', DOCKER_HOST: 'unix:///a', PORTWARDEN_PODMAN_SOCKET: 'unix:///d' },
      true,
      ['/c'],
      ['/d'],
    ],
    ['nowhere, when we are told so', { PORTWARDEN_DOCKER_SOCKET: '', PORTWARDEN_PODMAN_SOCKET: '' }, true, [], []],
  ];
  for (const [title, env, isRoot, docker, podman] of cases) {
    it(title, () => expect(engineSockets(env, isRoot)).toEqual({ docker, podman }));
  }
});
