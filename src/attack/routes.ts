import { type Attack, attackLabel } from './attack.ts';
import { contentType, json } from './bodies.ts';
import { probeAttack } from './container-attack.ts';
import { isByGate, refusalIn, wordsOf } from './judge-answer.ts';
import type { RawRequest } from './raw-request.ts';

type Row = readonly [name: string, title: string, why: string, request: (api: string, name: string) => RawRequest];

const reference = 'https://docs.docker.com/reference/api/engine/';
const program = 'a program with rights on the host, or one gate less';

/** Each names what is not there, or says what the engine cannot take: it comes to nothing. */
const rows: readonly Row[] = [
  [
    'plugin-install',
    'A plugin that is installed',
    program,
    (api) => ({ path: `/${api}/plugins/pull?remote=portwarden.invalid/x:1`, body: '[]' }),
  ],
  [
    'plugin-disable',
    'A plugin that is switched off',
    program,
    (api, name) => ({ path: `/${api}/plugins/${name}/disable`, headers: [] }),
  ],
  [
    'plugin-remove',
    'A plugin that is taken away',
    program,
    (api, name) => ({ method: 'DELETE', path: `/${api}/plugins/${name}`, headers: [] }),
  ],
  [
    'swarm',
    'A swarm',
    'containers that a manager elsewhere starts here',
    (api) => ({ path: `/${api}/swarm/init`, body: json({ ListenAddr: 'portwarden.invalid' }) }),
  ],
  [
    'checkpoint',
    'The memory of a container, written to disk',
    'secrets of a container that runs',
    (api, name) => ({ path: `/${api}/containers/${name}/checkpoints`, body: json({ CheckpointID: 'x' }) }),
  ],
  [
    'files-in',
    'Files put into a container',
    'programs in a container that were in no image',
    (api, name) => ({
      ...{
        method: 'PUT',
        path: `/${api}/containers/${name}/archive?path=/`,
        headers: contentType('application/x-tar'),
      },
      body: Buffer.alloc(1024),
    }),
  ],
  [
    'old-copy',
    'Files out of a container by a route of old',
    'a route that no gate knows',
    (api, name) => ({ path: `/${api}/containers/${name}/copy`, body: json({ Resource: '/etc/passwd' }) }),
  ],
];

const probes = rows.map(([name, title, why, request]) =>
  probeAttack({
    id: `docker/route/${name}`,
    title,
    why,
    reference,
    request: (host, unknown) => request(host.api, unknown),
  }),
);

const memory: Attack = {
  id: 'docker/route/memory',
  title: "Parts of the engine's memory",
  why: 'secrets that the engine holds',
  reference,
  async run(host, signal) {
    const answer = await host.send([{ method: 'GET', path: '/debug/pprof/cmdline', headers: [] }], signal);
    return refusalIn(answer) ?? { state: 'broken', witness: `the engine shows it: ${wordsOf(answer)}` };
  },
};

/** A service of no container, whose containers would be given /etc. */
const service: Attack = {
  id: 'docker/route/service',
  title: 'A service of a swarm with /etc in it',
  why: 'files of every host of the swarm',
  reference,
  async run(host, signal) {
    const name = host.nextName();
    const body = json({
      Name: name,
      Labels: { [attackLabel]: host.run },
      Mode: { Replicated: { Replicas: 0 } },
      TaskTemplate: {
        ContainerSpec: { Image: host.image, Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x', ReadOnly: true }] },
      },
    });
    try {
      const answer = await host.send([{ path: `/${host.api}/services/create`, body }], signal);
      if (!isByGate(answer) && answer.status === 503)
        return { state: 'not-applicable', reason: 'the host manages no swarm' };
      if (!isByGate(answer) && answer.status === 404)
        return { state: 'not-applicable', reason: 'the engine knows no services' };
      return refusalIn(answer) ?? { state: 'broken', witness: `the service ${name} was made` };
    } finally {
      await host.removeService(name);
    }
  },
};

/** Routes beside those of containers. */
export const routeAttacks: readonly Attack[] = [...probes, memory, service];
