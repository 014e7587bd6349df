import { afterEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';
import type { RegistryDiff, RegistryList } from '../model/wire/index.ts';
import { ServiceError } from '../service/service-error.ts';
import type { RegistriesService } from '../service/services.ts';

const nothing = { certificate: null, signed: null, platforms: null, created: null };
const answer: RegistryDiff = {
  registries: [
    { name: 'main', host: 'main.example' },
    { name: 'mirror', host: 'mirror.example' },
  ],
  rows: [
    {
      repository: 'team/app',
      tag: '1',
      cells: [
        { ...nothing, state: 'present', digest: `sha256:${'a'.repeat(64)}`, certificate: 'certified', message: null },
        { ...nothing, state: 'unknown', digest: null, message: 'it does not answer' },
      ],
      differences: [
        { kind: 'certified-absent', registries: ['mirror'], message: 'certified in main, absent in mirror' },
      ],
    },
  ],
  failures: [{ registry: 'mirror', repository: 'team/app', message: 'it does not answer' }],
  different: 1,
  unknown: 2,
  left: null,
};
const list: RegistryList = {
  items: [
    {
      name: 'main',
      host: 'main.example',
      gates: ['gate.example'],
      trusted: ['team/**'],
      account: null,
      platform: null,
      reachable: false,
      message: 'it does not answer',
    },
  ],
};

let test: TestApi;
afterEach(() => test.api.close());

async function get(path: string, service: Partial<RegistriesService> = {}, headers?: Record<string, string>) {
  const registries: RegistriesService = { list: async () => list, diff: async () => answer, ...service };
  test = await createTestApi({ change: () => ({ registries }) });
  return test.api.inject({ url: `/api/v1/registries${path}`, headers: headers ?? test.bearer });
}

describe('GET /registries', () => {
  it('answers with what the service says, to whoever is logged in', async () => {
    expect((await get('')).json()).toEqual(list);
    await test.api.close();
    expect((await get('', {}, {})).statusCode).toBe(401);
  });
});

describe('GET /registries/diff', () => {
  it('hands the query on and answers with the matrix', async () => {
    const asked: unknown[] = [];
    const reply = await get('/diff?repository=team/app&repository=team/b&registry=main', {
      diff: async (query, signal) => {
        asked.push(query, signal.aborted);
        return answer;
      },
    });
    expect(reply.json()).toEqual(answer);
    expect(asked).toEqual([{ repository: ['team/app', 'team/b'], registry: ['main'] }, false]);
  });

  it.each([
    ['?repositories=team/app', 'must not have repositories'],
    ['?repository=', 'must NOT have fewer than 1 characters'],
    [`?${Array.from({ length: 101 }, (_, at) => `repository=r${at}`).join('&')}`, 'more than 100 items'],
  ])('refuses %s', async (query, message) => {
    const reply = await get(`/diff${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error.message).toContain(message);
  });

  it.each([
    ['bad-query', 400],
    ['unknown-registry', 404],
  ] as const)('passes %s on', async (code, status) => {
    const reply = await get('/diff', { diff: () => Promise.reject(new ServiceError(code, 'no', { remedy: 'do' })) });
    expect(reply.statusCode).toBe(status);
    expect(reply.json().error).toEqual({ code, message: 'no', remedy: 'do' });
  });

  it('ends the work when the caller goes', async () => {
    let ended: () => void = () => undefined;
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    let begun: () => void = () => undefined;
    const begin = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const registries: RegistriesService = {
      list: async () => list,
      diff: (_, signal) => {
        begun();
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            ended();
            resolve(answer);
          });
        });
      },
    };
    test = await createTestApi({ change: () => ({ registries }) });
    const address = await test.api.listen({ host: '127.0.0.1', port: 0 });
    const caller = new AbortController();
    const asking = fetch(`${address}/api/v1/registries/diff`, { headers: test.bearer, signal: caller.signal });
    await begin;
    caller.abort();
    await expect(asking).rejects.toThrow();
    await end;
  });
});
