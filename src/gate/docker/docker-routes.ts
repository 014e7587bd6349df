import { type EngineAction, engineActions } from '../../model/index.ts';

/** What a judged request is read as. */
export type JudgedAs = 'create' | 'exec' | 'update' | 'start' | 'volume' | 'pull' | 'service';

export type DockerTreatment =
  /** Let through unread: it starts nothing and lets nothing in. */
  | { readonly as: 'pass' }
  /** Read, and decided by policy. */
  | { readonly as: 'judge'; readonly what: JudgedAs }
  | { readonly as: 'setting'; readonly setting: EngineAction };

/** One route of the Docker Engine API. */
export interface DockerRoute {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Without the version. `{x}` is one part of the path; `{x*}` is one or more. */
  readonly path: string;
  /** Minor number of the first version 1.x that is let through. */
  readonly since: number;
  readonly body: 'none' | 'judged' | 'unread';
  readonly treatment: DockerTreatment;
  readonly does: string;
}

/** Minor numbers of API 1.x. Below, a start may carry a HostConfig; above, nobody has looked yet. */
export const oldestDockerApi = 24;
export const newestDockerApi = 52;

const pass: DockerTreatment = { as: 'pass' };
const judge = (what: JudgedAs): DockerTreatment => ({ as: 'judge', what });
const by = (setting: EngineAction): DockerTreatment => ({ as: 'setting', setting });

type Row = readonly [route: string, since: number, body: DockerRoute['body'], treatment: DockerTreatment, does: string];

/**
 * Every route of the Docker Engine API that is known, and how it is treated; what is not here is refused. From the routers
 * of moby (api/server/router, since 29 daemon/server/router) and its api/swagger.yaml of each version from 1.24 to 1.52.
 */
const rows: readonly Row[] = [
  ['GET /_ping', 24, 'none', pass, 'says that the engine is there'],
  ['HEAD /_ping', 24, 'none', pass, 'says that the engine is there'],
  ['GET /version', 24, 'none', pass, 'versions of the engine'],
  ['GET /info', 24, 'none', pass, 'settings and state of the engine'],
  ['GET /events', 24, 'none', pass, 'what happens'],
  ['GET /system/df', 24, 'none', pass, 'disk space that is used'],
  ['POST /auth', 24, 'unread', pass, 'checks credentials at a registry'],

  ['GET /containers/json', 24, 'none', pass, 'list of containers'],
  ['GET /containers/{container}/json', 24, 'none', pass, 'a container'],
  ['GET /containers/{container}/top', 24, 'none', pass, 'its processes'],
  ['GET /containers/{container}/logs', 24, 'none', pass, 'its output'],
  ['GET /containers/{container}/stats', 24, 'none', pass, 'what it uses'],
  ['GET /containers/{container}/changes', 24, 'none', pass, 'what it changed of its image'],
  ['GET /containers/{container}/export', 24, 'none', pass, 'its files'],
  ['GET /containers/{container}/archive', 24, 'none', pass, 'files out of it'],
  ['HEAD /containers/{container}/archive', 24, 'none', pass, 'whether a file is in it'],
  ['GET /containers/{container}/attach/ws', 24, 'none', pass, 'its input and output'],
  ['POST /containers/{container}/attach', 24, 'unread', pass, 'its input and output'],
  ['POST /containers/{container}/wait', 24, 'unread', pass, 'waits for its end'],
  ['POST /containers/{container}/resize', 24, 'unread', pass, 'size of its terminal'],
  ['POST /containers/{container}/kill', 24, 'unread', pass, 'sends it a signal'],
  ['POST /containers/{container}/stop', 24, 'unread', pass, 'ends it'],
  ['POST /containers/{container}/restart', 24, 'unread', pass, 'starts it again as it was created'],
  ['POST /containers/{container}/pause', 24, 'unread', pass, 'halts it'],
  ['POST /containers/{container}/unpause', 24, 'unread', pass, 'lets it go on'],
  ['POST /containers/{container}/rename', 24, 'unread', pass, 'gives it another name'],
  ['DELETE /containers/{container}', 24, 'none', pass, 'removes it'],
  ['POST /containers/prune', 25, 'unread', pass, 'removes those that ended'],
  ['POST /containers/create', 24, 'judged', judge('create'), 'makes a container'],
  ['POST /containers/{container}/start', 24, 'none', judge('start'), 'starts it as it was created'],
  ['POST /containers/{container}/update', 24, 'judged', judge('update'), 'changes its limits and restart policy'],
  ['POST /containers/{container}/exec', 24, 'judged', judge('exec'), 'prepares a process in it'],
  ['PUT /containers/{container}/archive', 24, 'unread', by('copy-in'), 'puts files into it'],
  ['GET /exec/{exec}/json', 24, 'none', pass, 'a process that was prepared'],
  ['POST /exec/{exec}/start', 24, 'unread', pass, 'starts the process that was prepared'],
  ['POST /exec/{exec}/resize', 24, 'unread', pass, 'size of its terminal'],
  ['GET /containers/{container}/checkpoints', 25, 'none', pass, 'list of its checkpoints'],
  ['POST /containers/{container}/checkpoints', 25, 'unread', by('checkpoint'), 'writes its memory to disk'],
  ['DELETE /containers/{container}/checkpoints/{checkpoint}', 25, 'none', by('checkpoint'), 'removes a checkpoint'],

  ['GET /images/json', 24, 'none', pass, 'list of images'],
  ['GET /images/search', 24, 'none', pass, 'asks a registry for names'],
  ['GET /images/get', 24, 'none', pass, 'images as an archive'],
  ['GET /images/{image*}/get', 24, 'none', pass, 'an image as an archive'],
  ['GET /images/{image*}/json', 24, 'none', pass, 'an image'],
  ['GET /images/{image*}/history', 24, 'none', pass, 'how it was made'],
  ['GET /distribution/{image*}/json', 30, 'none', pass, 'asks a registry for a digest'],
  ['DELETE /images/{image*}', 24, 'none', pass, 'removes an image or a name of it'],
  ['POST /images/prune', 25, 'unread', pass, 'removes images that nothing uses'],
  ['POST /images/create', 24, 'none', judge('pull'), 'pulls an image; with fromSrc it imports one'],
  ['POST /images/load', 24, 'unread', by('load'), 'takes images from an archive'],
  ['POST /images/{image*}/tag', 24, 'unread', by('tag'), 'gives an image another name'],
  ['POST /images/{image*}/push', 24, 'unread', by('push'), 'sends an image to a registry'],
  ['POST /commit', 24, 'unread', by('commit'), 'makes an image of a container'],
  ['POST /build', 24, 'unread', by('build'), 'builds an image: runs commands in containers'],
  ['POST /build/prune', 31, 'unread', pass, 'empties the cache of builds'],
  ['POST /build/cancel', 37, 'unread', pass, 'ends a build'],
  ['POST /session', 31, 'unread', by('build'), 'opens a channel of BuildKit'],
  ['POST /grpc', 31, 'unread', by('build'), 'opens the control channel of BuildKit'],

  ['GET /networks', 24, 'none', pass, 'list of networks'],
  ['GET /networks/{network}', 24, 'none', pass, 'a network'],
  ['POST /networks/create', 24, 'unread', pass, 'makes a network'],
  ['POST /networks/{network}/connect', 24, 'unread', pass, 'connects a container to it'],
  ['POST /networks/{network}/disconnect', 24, 'unread', pass, 'disconnects a container'],
  ['POST /networks/prune', 25, 'unread', pass, 'removes networks that nothing uses'],
  ['DELETE /networks/{network}', 24, 'none', pass, 'removes a network'],

  ['GET /volumes', 24, 'none', pass, 'list of volumes'],
  ['GET /volumes/{volume}', 24, 'none', pass, 'a volume'],
  ['POST /volumes/create', 24, 'judged', judge('volume'), 'makes a volume, which may be a path of the host'],
  ['POST /volumes/prune', 25, 'unread', pass, 'removes volumes that nothing uses'],
  ['PUT /volumes/{volume}', 42, 'unread', by('swarm'), 'changes a volume of the swarm'],
  ['DELETE /volumes/{volume}', 24, 'none', pass, 'removes a volume'],

  ['GET /plugins', 25, 'none', pass, 'list of plugins'],
  ['GET /plugins/privileges', 25, 'none', pass, 'what a plugin wants to be allowed'],
  ['GET /plugins/{plugin*}/json', 25, 'none', pass, 'a plugin'],
  ['POST /plugins/pull', 25, 'unread', by('plugin'), 'installs a plugin: a program with rights on the host'],
  ['POST /plugins/create', 25, 'unread', by('plugin'), 'makes a plugin of a directory'],
  ['POST /plugins/{plugin*}/enable', 25, 'unread', by('plugin'), 'starts a plugin'],
  ['POST /plugins/{plugin*}/disable', 25, 'unread', by('plugin'), 'ends a plugin, which may be a gate'],
  ['POST /plugins/{plugin*}/upgrade', 26, 'unread', by('plugin'), 'replaces a plugin'],
  ['POST /plugins/{plugin*}/set', 25, 'unread', by('plugin'), 'changes settings of a plugin'],
  ['POST /plugins/{plugin*}/push', 25, 'unread', by('plugin'), 'sends a plugin to a registry'],
  ['DELETE /plugins/{plugin*}', 25, 'none', by('plugin'), 'removes a plugin, which may be a gate'],

  ['GET /swarm', 24, 'none', pass, 'the swarm'],
  ['GET /swarm/unlockkey', 24, 'none', by('swarm'), 'the key that unlocks its managers'],
  ['POST /swarm/init', 24, 'unread', by('swarm'), 'makes a swarm'],
  ['POST /swarm/join', 24, 'unread', by('swarm'), 'joins a swarm, whose managers start containers here'],
  ['POST /swarm/leave', 24, 'unread', by('swarm'), 'leaves the swarm'],
  ['POST /swarm/update', 24, 'unread', by('swarm'), 'changes the swarm'],
  ['POST /swarm/unlock', 24, 'unread', by('swarm'), 'unlocks a manager'],
  ['GET /services', 24, 'none', pass, 'list of services'],
  ['GET /services/{service}', 24, 'none', pass, 'a service'],
  ['GET /services/{service}/logs', 29, 'none', pass, 'its output'],
  ['POST /services/create', 24, 'judged', judge('service'), 'starts containers on the hosts of the swarm'],
  ['POST /services/{service}/update', 24, 'judged', judge('service'), 'starts its containers anew'],
  ['DELETE /services/{service}', 24, 'none', pass, 'removes a service'],
  ['GET /tasks', 24, 'none', pass, 'list of tasks'],
  ['GET /tasks/{task}', 24, 'none', pass, 'a task'],
  ['GET /tasks/{task}/logs', 29, 'none', pass, 'its output'],
  ['GET /nodes', 24, 'none', pass, 'list of nodes'],
  ['GET /nodes/{node}', 24, 'none', pass, 'a node'],
  ['POST /nodes/{node}/update', 24, 'unread', by('swarm'), 'changes the role of a node'],
  ['DELETE /nodes/{node}', 24, 'none', by('swarm'), 'removes a node'],
  ['GET /secrets', 25, 'none', pass, 'list of secrets, without their values'],
  ['GET /secrets/{secret}', 25, 'none', pass, 'a secret, without its value'],
  ['POST /secrets/create', 25, 'unread', by('swarm'), 'makes a secret'],
  ['POST /secrets/{secret}/update', 25, 'unread', by('swarm'), 'changes labels of a secret'],
  ['DELETE /secrets/{secret}', 25, 'none', pass, 'removes a secret'],
  ['GET /configs', 30, 'none', pass, 'list of configs'],
  ['GET /configs/{config}', 30, 'none', pass, 'a config'],
  ['POST /configs/create', 30, 'unread', by('swarm'), 'makes a config'],
  ['POST /configs/{config}/update', 30, 'unread', by('swarm'), 'changes labels of a config'],
  ['DELETE /configs/{config}', 30, 'none', pass, 'removes a config'],

  ['GET /debug/vars', 24, 'none', by('debug'), 'counters inside the engine'],
  ['GET /debug/pprof/{profile}', 24, 'none', by('debug'), "parts of the engine's memory"],
];

export const dockerRoutes: readonly DockerRoute[] = rows.map(([route, since, body, treatment, does]) => {
  const [method, path] = route.split(' ') as [DockerRoute['method'], string];
  return { method, path, since, body, treatment, does };
});

/** Why a route of a setting is refused, and what to do instead. */
export const settingReasons: Readonly<Record<EngineAction, { readonly reason: string; readonly remedy: string }>> = {
  load: {
    reason: 'an image that is loaded from an archive comes past every registry and signature',
    remedy: 'push it to a registry that is trusted, have it certified, and pull it',
  },
  import: {
    reason: 'an image that is imported comes past every registry and signature',
    remedy: 'push it to a registry that is trusted, have it certified, and pull it',
  },
  tag: {
    reason: 'a local name can pretend that an image came from elsewhere',
    remedy: 'start the image by the name under which it was pulled',
  },
  commit: {
    reason: 'an image made of a container was never looked at',
    remedy: 'build the image where images are built, and pull it',
  },
  build: {
    reason: 'a build runs commands in containers that nobody judges, and makes an image that was never looked at',
    remedy: 'build on a machine for building, and pull the image',
  },
  push: {
    reason: 'images are not sent from this host',
    remedy: 'push from the machine that built the image',
  },
  'copy-in': {
    reason: 'files that are put into a container were in no image that was looked at',
    remedy: 'put them into the image, or mount them from a path that policy allows',
  },
  checkpoint: {
    reason: 'a checkpoint holds the memory of a container, and one that is restored runs what it holds',
    remedy: 'stop the container and start it anew',
  },
  plugin: {
    reason: 'a plugin is a program with rights on the host, and may take a gate away',
    remedy: 'have whoever administers the host change plugins with the gate switched off for it',
  },
  swarm: {
    reason: 'what a swarm starts is decided by its managers and does not pass this gate',
    remedy: 'start containers on this host by docker run or docker compose, or allow swarm in the settings of the gate',
  },
  debug: {
    reason: "the debug routes show the engine's memory, secrets in it",
    remedy: 'have whoever administers the host read them with the gate switched off for it',
  },
};

/** The settings where nothing else is said: what sends images away is not for this gate to stop. */
export const defaultEngineActions: Readonly<Record<EngineAction, 'allow' | 'refuse'>> = {
  ...(Object.fromEntries(engineActions.map((name) => [name, 'refuse'])) as Record<EngineAction, 'refuse'>),
  push: 'allow',
};

/** The table as people read it: rows of docs/reference/docker-routes.md. */
export function describeDockerRoutes(): readonly (readonly string[])[] {
  return dockerRoutes.map(({ method, path, since, body, treatment, does }) => [
    `\`${method} ${path}\``,
    `1.${since}`,
    does,
    { none: 'none', judged: 'needed', unread: 'not read' }[body],
    treatment.as === 'setting'
      ? `setting \`${treatment.setting}\``
      : treatment.as === 'pass'
        ? 'passes'
        : `judged: ${treatment.what}`,
  ]);
}
