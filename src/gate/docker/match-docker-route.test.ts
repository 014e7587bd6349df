import { describe, expect, it } from 'vitest';
import { DockerGateError } from './docker-gate-error.ts';
import { matchDockerRoute } from './match-docker-route.ts';

const codeOf = (method: string, uri: string): string => {
  try {
    return matchDockerRoute(method, uri).route.path;
  } catch (error) {
    if (error instanceof DockerGateError) return error.code;
    throw error;
  }
};

describe('matchDockerRoute', () => {
  it.each([
    ['GET', '/_ping', '/_ping', 52, {}],
    ['HEAD', '/_ping', '/_ping', 52, {}],
    ['GET', '/version', '/version', 52, {}],
    ['GET', '/volumes', '/volumes', 52, {}],
    ['GET', '/v1.24/volumes/a_b.c', '/volumes/{volume}', 24, { volume: 'a_b.c' }],
    ['POST', '/v1.41/containers/create?name=a', '/containers/create', 41, {}],
    ['POST', '/containers/create', '/containers/create', 52, {}],
    ['POST', '/v1.41/containers%2Fcreate', '/containers/create', 41, {}],
    ['POST', '/v1.41/containers/%63reate', '/containers/create', 41, {}],
    ['POST', '/v1.52/containers/web-1/start', '/containers/{container}/start', 52, { container: 'web-1' }],
    ['GET', '/v1.60/containers/json', '/containers/json', 60, {}],
    ['GET', '/v1.41/images/json', '/images/json', 41, {}],
    ['GET', '/v1.41/images/json/json', '/images/{image*}/json', 41, { image: 'json' }],
    ['GET', '/v1.41/images/a:5000/b/c@sha256:12/json', '/images/{image*}/json', 41, { image: 'a:5000/b/c@sha256:12' }],
    ['POST', '/v1.41/images/create/tag?repo=x', '/images/{image*}/tag', 41, { image: 'create' }],
    ['DELETE', '/v1.41/images/push', '/images/{image*}', 41, { image: 'push' }],
    [
      'DELETE',
      '/v1.30/containers/x/checkpoints/y',
      '/containers/{container}/checkpoints/{checkpoint}',
      30,
      { container: 'x', checkpoint: 'y' },
    ],
  ])('%s %s is %s', (method, uri, path, version, names) => {
    const target = matchDockerRoute(method, uri);
    expect([target.route.method, target.route.path, target.version]).toEqual([method, path, version]);
    expect(Object.fromEntries(target.names)).toEqual(names);
  });

  it.each([
    ['POST', '/v1.41//containers/create'],
    ['POST', '/v1.41/./containers/create'],
    ['POST', '/v1.41/x/../containers/create'],
    ['POST', '/v1.41/x/%2e%2e/containers/create'],
    ['POST', '/v1.41/x/%2E./containers/create'],
    ['POST', '/v1.41%2F%2Fcontainers/create'],
    ['POST', '/v1.41/containers/create/'],
    ['POST', '/v1.41/containers/create%2f'],
    ['POST', '/v1.41/containers/create%00'],
    ['POST', '/v1.41/containers/create%3Fname=x'],
    ['POST', '/v1.41/containers/create%2523'],
    ['POST', '/v1.41/containers\\create'],
    ['POST', '/v1.41/containers/create#x'],
    ['POST', '/v1.41/containers/%zz'],
    ['POST', '/v1.41/containers/%ff'],
    ['POST', '/v1.41/containers/ſtart'],
    ['POST', 'http://x/v1.41/containers/create'],
    ['POST', '//x/v1.41/containers/create'],
    ['OPTIONS', '*'],
    ['POST', ''],
    ['POST', `/v1.41/containers/${'a'.repeat(20_000)}/start`],
    ['POST', '/v1.41/containers/x/start?a=1;b=2'],
    ['POST', '/v1.41/containers/x/start?a=%'],
    ['POST', `/v1.41/containers/x/start?${'a&'.repeat(200)}`],
    ['POST', '/v1.024/containers/create'],
    ['POST', '/v01.24/containers/create'],
    ['POST', '/v1/containers/create'],
    ['POST', '/v1.41.0/containers/create'],
    ['POST', '/v2.0/containers/create'],
    ['POST', '/v1.4e1/containers/create'],
  ])('%s %s has more than one reading, or none', (method, uri) => {
    expect(codeOf(method, uri)).toBe('bad-request');
  });

  it.each([
    ['POST', '/v1.23/containers/x/start'],
    ['POST', '/v1.9/containers/create'],
    ['POST', '/v1.53/containers/create'],
    ['DELETE', '/v1.53/containers/x'],
    ['GET', '/v1.53/debug/pprof/heap'],
    ['GET', '/v1.29/configs'],
    ['post', '/v1.41/containers/create'],
    ['Post', '/v1.41/containers/create'],
    ['PATCH', '/v1.41/containers/create'],
    ['HEAD', '/v1.41/containers/json'],
    ['OPTIONS', '/v1.41/containers/create'],
    ['POST', '/V1.41/containers/create'],
    ['POST', '/v1.41/Containers/create'],
    ['POST', '/v1.41/containers/a/b/start'],
    ['POST', '/v1.41/containers/-x/start'],
    ['POST', '/v1.41/containers/x/copy'],
    ['POST', '/v1.41/v1.41/containers/create'],
    ['GET', '/metrics'],
    ['GET', '/'],
  ])('%s %s is no route that is known', (method, uri) => expect(codeOf(method, uri)).toBe('unknown-route'));

  it('says what to do about a version that is not known', () => {
    const remedyOf = (uri: string) => {
      try {
        return matchDockerRoute('POST', uri);
      } catch (error) {
        return (error as DockerGateError).remedy;
      }
    };
    expect(remedyOf('/v1.23/containers/x/start')).toMatch(/API 1\.24 or later/);
    expect(remedyOf('/v1.60/containers/x/start')).toMatch(/DOCKER_API_VERSION=1\.52/);
  });

  it('reads the query as Go does', () => {
    expect(matchDockerRoute('POST', '/images/create?fromImage=a%2Fb+c&tag&&x=1=2&tag=2').query).toEqual([
      ['fromImage', 'a/b c'],
      ['tag', ''],
      ['x', '1=2'],
      ['tag', '2'],
    ]);
  });
});
