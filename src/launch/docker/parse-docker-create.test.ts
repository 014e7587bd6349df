import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../model/index.ts';
import type { JsonValue } from '../json-value.ts';
import { parseStrictJson } from '../strict-json.ts';
import { type CreateQuery, parseDockerCreate } from './parse-docker-create.ts';

function create(body: JsonValue, query?: CreateQuery): LaunchRequest {
  const [request] = parseDockerCreate(parseStrictJson(JSON.stringify(body)), query).requests;
  if (!request) throw new Error('there is no request');
  return request;
}
const plain = create({ Image: 'a.example/b:1' });

describe('every field of a create body that is read', () => {
  it.each<[string, JsonValue, Partial<LaunchRequest>]>([
    ['User', { User: '1000:5' }, { user: { value: { text: '1000:5', uid: 1000, gid: 5 }, path: 'User' } }],
    [
      'Env',
      { Env: ['A=b=c', 'GONE'] },
      {
        environment: [
          { name: 'A', path: 'Env[0]', value: 'b=c' },
          { name: 'GONE', path: 'Env[1]' },
        ],
      },
    ],
    [
      'Cmd, a list',
      { Cmd: ['a', 'b'] },
      {
        command: [
          { value: 'a', path: 'Cmd[0]' },
          { value: 'b', path: 'Cmd[1]' },
        ],
      },
    ],
    ['Cmd, a text', { Cmd: 'a b' }, { command: [{ value: 'a b', path: 'Cmd' }] }],
    ['Entrypoint', { Entrypoint: ['a'] }, { entrypoint: [{ value: 'a', path: 'Entrypoint[0]' }] }],
    ['Entrypoint that resets', { Entrypoint: [''] }, { entrypoint: [] }],
    ['Entrypoint, the empty text', { Entrypoint: '' }, { entrypoint: [] }],
    ['WorkingDir', { WorkingDir: '/w' }, { workingDirectory: { value: '/w', path: 'WorkingDir' } }],
    [
      'Volumes',
      { Volumes: { '/d/../v': {} } },
      { mounts: [{ type: 'volume', path: 'Volumes["/d/../v"]', target: '/v', readOnly: false }] },
    ],
    [
      'ExposedPorts',
      { ExposedPorts: { '53/udp': {} } },
      { ports: [{ path: 'ExposedPorts["53/udp"]', container: 53, protocol: 'udp' }] },
    ],
    [
      'Labels',
      { Labels: { 'com.docker.compose.project': 'p' } },
      { workload: { labels: { 'com.docker.compose.project': 'p' }, project: 'p' } },
    ],
    [
      'Healthcheck, with a shell',
      { Healthcheck: { Test: ['CMD-SHELL', 'curl x'] } },
      {
        scripts: [
          {
            purpose: 'healthcheck',
            command: [
              { value: '/bin/sh', path: 'Healthcheck.Test[0]' },
              { value: '-c', path: 'Healthcheck.Test[0]' },
              { value: 'curl x', path: 'Healthcheck.Test[1]' },
            ],
          },
        ],
      },
    ],
    [
      'Healthcheck, a program',
      { Healthcheck: { Test: ['CMD', 'x'] }, Shell: ['/evil'] },
      { scripts: [{ purpose: 'healthcheck', command: [{ value: 'x', path: 'Healthcheck.Test[1]' }] }] },
    ],
    [
      'Shell, that runs the check of the image',
      { Shell: ['/evil'] },
      { scripts: [{ purpose: 'healthcheck', command: [{ value: '/evil', path: 'Shell[0]' }] }] },
    ],
    ['Healthcheck, none', { Healthcheck: { Test: ['NONE'] }, Shell: ['/evil'] }, {}],
  ])('%s', (_, body, expected) => {
    const request = create({ Image: 'a.example/b:1', ...(body as object) });
    expect(request).toEqual({ ...plain, ...expected });
  });

  it('a network of the host among the endpoints', () => {
    const request = create({
      Image: 'a.example/b:1',
      NetworkingConfig: { EndpointsConfig: { host: {}, front: null } },
    });
    expect(request.namespaces).toEqual([
      { kind: 'network', path: 'NetworkingConfig.EndpointsConfig.host', mode: 'host' },
    ]);
  });

  it.each<[CreateQuery, Partial<LaunchRequest>]>([
    [{ name: '/web' }, { name: 'web' }],
    [{ name: '' }, {}],
    [{ platform: 'linux/arm64/v8' }, {}],
    [{ platform: 'windows/amd64' }, { others: [{ name: 'platform', value: 'windows/amd64', path: 'platform' }] }],
  ])('the query %o', (query, expected) => {
    expect(create({ Image: 'a.example/b:1' }, query)).toEqual({ ...plain, ...expected });
  });
});

describe('the image', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['a.example/b:1', { reference: { registry: 'a.example', repository: 'b', tag: '1' } }],
    ['busybox', { reference: { registry: 'docker.io', repository: 'library/busybox' } }],
    [digest, { id: digest }],
    ['a'.repeat(64), { id: digest }],
    ['abc', { problem: expect.stringContaining('beginning of an image ID') }],
    ['sha256:abc', { problem: expect.stringContaining('beginning of an image ID') }],
    ['A B', { problem: expect.stringContaining('not an image reference') }],
  ])('%s', (value, expected) => {
    expect(create({ Image: value }).image).toEqual({ value, path: 'Image', ...expected });
  });
});
