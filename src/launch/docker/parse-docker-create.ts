import type { LaunchNamespace, LaunchRequest, LaunchSet } from '../../model/index.ts';
import { BodyReader } from '../body-reader.ts';
import { checkBody, othersOf } from '../body-shape.ts';
import type { JsonValue } from '../json-value.ts';
import { LaunchError } from '../launch-error.ts';
import { parseNamespace } from '../namespace-text.ts';
import { blankRequest } from './blank-request.ts';
import { createFields } from './container-fields.ts';
import { readConfig, readPublished } from './read-config.ts';
import { readHostConfig } from './read-host-config.ts';

/** Of the query of POST /containers/create. */
export interface CreateQuery {
  readonly name?: string;
  readonly platform?: string;
}

/**
 * What the body of POST /containers/create starts (Docker Engine API 1.24 to 1.52), as the engine will have it: a key
 * counts only as it is spelled in the API, and anything else that an engine would take is refused. Throws LaunchError.
 */
export function parseDockerCreate(body: JsonValue, query: CreateQuery = {}): LaunchSet {
  const map = checkBody(body, createFields);
  const config = new BodyReader(map, '');
  const host = config.object('HostConfig') ?? new BodyReader({}, 'HostConfig');
  const base = { ...blankRequest('docker', 'start'), ...readConfig(config) };
  if (!base.image) throw new LaunchError('bad-launch', 'Image', 'it names no image');
  const asked = readHostConfig(host);
  const driver = host.text('VolumeDriver')?.value;
  const name = query.name?.replace(/^\//, '') ?? '';
  const request: LaunchRequest = {
    ...base,
    ...asked,
    ...(name === '' ? {} : { name }),
    mounts: [...asked.mounts, ...base.mounts.map((mount) => (driver === undefined ? mount : { ...mount, driver }))],
    ports: [...base.ports, ...readPublished(host, base.ports)],
    namespaces: [...(asked.namespaces ?? []), ...readEndpoints(config)],
    others: [...asked.others, ...othersOf(map, createFields), ...readPlatform(query.platform)],
  };
  return { form: 'docker', requests: [request] };
}

/** A network that is named among the endpoints, and is no network of its own. */
function readEndpoints(config: BodyReader): readonly LaunchNamespace[] {
  const networks = config.object('NetworkingConfig')?.keys('EndpointsConfig') ?? [];
  return networks.flatMap(({ value, path }) => {
    const namespace = parseNamespace('network', value, path);
    return namespace === undefined || namespace === 'unknown' ? [] : [namespace];
  });
}

/** Another platform of the same image is no more than that; a system that is none of Linux is another matter. */
function readPlatform(platform: string | undefined): LaunchRequest['others'] {
  if (platform === undefined || platform === '' || /^(?:linux(?:\/[a-z0-9]+){0,2}|[a-z0-9]+)$/.test(platform))
    return [];
  return [{ name: 'platform', value: platform.slice(0, 200), path: 'platform' }];
}
