import { describe, expect, it } from 'vitest';
import {
  allCapabilities,
  containerdConfig,
  dockerConfig,
  type OciParts,
  podmanConfig,
  privilegedParts,
} from '../../../test/fakes/oci-configs.ts';
import type { LaunchRequest } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import { parseStrictJson } from '../strict-json.ts';
import { parseOciConfig } from './parse-oci-config.ts';

function parse(config: JsonValue): LaunchRequest {
  const [request] = parseOciConfig(parseStrictJson(JSON.stringify(config))).requests;
  if (!request) throw new Error('there is no request');
  return request;
}

describe('what an engine does by itself', () => {
  const nothing = {
    form: 'config',
    action: 'start',
    entrypoint: [],
    command: [
      { value: 'sleep', path: 'process.args[0]' },
      { value: '100', path: 'process.args[1]' },
    ],
    mounts: [],
    groups: [],
    namespaces: [],
    devices: [],
    sysctls: [],
    files: [],
    scripts: [],
    ports: [],
    volumesFrom: [],
    others: [],
    user: { value: { text: '0:0', uid: 0, gid: 0 }, path: 'process.user' },
  };

  it.each([
    ['dockerd', dockerConfig(), { security: { seccomp: { value: 'profile', path: 'linux.seccomp' } }, resources: {} }],
    [
      'podman',
      podmanConfig(),
      {
        security: { seccomp: { value: 'profile', path: 'linux.seccomp' } },
        resources: { pids: { value: 2048, path: 'linux.resources.pids.limit' } },
      },
    ],
    [
      'ctr',
      containerdConfig(),
      {
        security: {
          noNewPrivileges: { value: true, path: 'process.noNewPrivileges' },
          seccomp: { value: 'unconfined', path: 'linux.seccomp' },
        },
        resources: {},
      },
    ],
  ])('%s: asks for nothing', (_, config, rest) => {
    const request = parse(config);
    expect(request).toMatchObject({ ...nothing, ...rest });
    expect(request.security).toEqual(rest.security);
    expect(request.cgroupParent).toBeUndefined();
  });

  it.each([
    ['dockerd', dockerConfig(privilegedParts), 'linux'],
    ['podman', podmanConfig(privilegedParts), 'linux'],
    [
      'podman, by what it says',
      podmanConfig({ annotations: { 'io.podman.annotations.privileged': 'TRUE' } }),
      'annotations',
    ],
  ])('%s: privileged is one thing', (_, config, path) => {
    const request = parse(config);
    expect(request.security).toEqual({ privileged: { value: true, path } });
    expect(request.devices).toEqual([]);
  });

  it.each<[string, OciParts]>([
    [
      'all capabilities but one',
      { process: { capabilities: { bounding: allCapabilities.filter((each) => each !== 'CAP_SYS_ADMIN') } } },
    ],
    ['a seccomp profile', { linux: { ...privilegedParts.linux, seccomp: { defaultAction: 'SCMP_ACT_ERRNO' } } }],
    ['hidden paths', { linux: { ...privilegedParts.linux, maskedPaths: ['/proc/kcore'] } }],
    [
      'some devices',
      { linux: { ...privilegedParts.linux, resources: { devices: [{ allow: true, type: 'c', access: 'rwm' }] } } },
    ],
    [
      'devices to read',
      { linux: { ...privilegedParts.linux, resources: { devices: [{ allow: true, access: 'r' }] } } },
    ],
  ])('%s: is not privileged as a whole, and each part shows', (_, parts) => {
    const { security, devices } = parse(dockerConfig({ ...privilegedParts, ...parts }));
    expect(security.privileged).toBeUndefined();
    expect(security.capabilities?.length).toBeGreaterThan(20);
    expect(devices.length).toBeGreaterThan(0);
  });
});
