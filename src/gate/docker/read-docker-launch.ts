import {
  parseDockerCreate,
  parseDockerExec,
  parseDockerUpdate,
  parseServiceCreate,
  parseStrictJson,
  parseVolumeCreate,
} from '../../launch/index.ts';
import type { LaunchMount, LaunchSet } from '../../model/index.ts';
import { DockerGateError } from './docker-gate-error.ts';
import type { DockerTarget } from './match-docker-route.ts';

/** What a judged request would start or change, by its body as the engine shows it. Throws LaunchError and DockerGateError. */
export function readDockerLaunch(
  shown: Uint8Array,
  { route, names }: DockerTarget,
  query: ReadonlyMap<string, string>,
): LaunchSet {
  const body = parseStrictJson(shown);
  const what = route.treatment.as === 'judge' ? route.treatment.what : 'start';
  const container = names.get('container') ?? '';
  if (what === 'create') return parseDockerCreate(body, Object.fromEntries(query));
  if (what === 'exec') return parseDockerExec(body, container);
  if (what === 'update') return parseDockerUpdate(body, container);
  if (what === 'service') return parseServiceCreate(body);
  if (what === 'volume') return volumeAsLaunch(parseVolumeCreate(body));
  throw new DockerGateError('unknown-route', `${route.path} is not read`);
}

/** A volume is made before anything mounts it: an update, of no container yet, by one mount. */
function volumeAsLaunch(mount: LaunchMount): LaunchSet {
  return {
    form: 'docker',
    requests: [
      {
        form: 'docker',
        action: 'update',
        path: '',
        role: 'container',
        ...(mount.source === undefined ? {} : { name: mount.source }),
        workload: { labels: {} },
        scripts: [],
        environment: [],
        files: [],
        mounts: [mount],
        groups: [],
        security: {},
        namespaces: [],
        devices: [],
        sysctls: [],
        ports: [],
        resources: {},
        volumesFrom: [],
        others: [],
      },
    ],
  };
}
