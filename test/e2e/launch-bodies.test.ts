import { Agent } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LaunchError, parseDockerCreate, parseStrictJson } from '../../src/launch/index.ts';
import type { LaunchRequest } from '../../src/model/index.ts';
import {
  busyboxImage,
  type ContainerEngine,
  describeWith,
  startDockerd,
  writeDockerArchive,
} from '../engines/index.ts';
import { makeScratch } from '../engines/scratch.ts';

/** What dockerd made of a body, as it tells afterwards. */
interface Made {
  readonly HostConfig: {
    readonly Privileged: boolean;
    readonly NetworkMode: string;
    readonly PidMode: string;
    readonly Binds: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
  };
  readonly Config: { readonly Cmd: readonly string[]; readonly Entrypoint: readonly string[] | null };
}

describeWith(['dockerd', 'busybox'], 'bodies that dockerd takes', () => {
  const scratch = makeScratch('bodies');
  const image = 'localhost/harbor/busybox:1';
  let engine: ContainerEngine;
  let agent: Agent;

  beforeAll(async () => {
    engine = await startDockerd();
    writeDockerArchive(busyboxImage(), `${scratch.path}/image.tar`, image);
    await engine.load(`${scratch.path}/image.tar`);
    agent = new Agent({ connect: { socketPath: engine.socket } });
  });
  afterAll(async () => {
    await agent?.close();
    await engine?.stop();
    await scratch.remove();
  });

  async function make(body: string): Promise<Made> {
    const options = { origin: 'http://engine', path: '/v1.41/containers/create', method: 'POST', body } as const;
    const answer = await agent.request({ ...options, headers: { 'content-type': 'application/json' } });
    const text = await answer.body.text();
    expect(answer.statusCode, text).toBe(201);
    return (await engine.call('GET', `/containers/${JSON.parse(text).Id}/json`)) as Made;
  }

  function parse(body: string): LaunchRequest | LaunchError {
    try {
      return parseDockerCreate(parseStrictJson(body)).requests[0] as LaunchRequest;
    } catch (error) {
      if (error instanceof LaunchError) return error;
      throw error;
    }
  }

  const start = `"Image":"${image}"`;
  it.each([
    ['a key in lower case', `{${start},"hostconfig":{"privileged":true}}`],
    ['a key in upper case', `{${start},"HOSTCONFIG":{"PRIVILEGED":true}}`],
    ['a long s', `{${start},"Ho\u017ftConfig":{"Privileged":true}}`],
    ['an escaped long s', `{${start},"Ho\\u017ftConfig":{"Privileged":true}}`],
    ['a key that is there twice', `{${start},"HostConfig":{"Privileged":true},"HostConfig":{"Memory":0}}`],
    ['two spellings of a key', `{${start},"HostConfig":{"Privileged":true},"hostConfig":{"Memory":0}}`],
  ])('privileged by %s: dockerd takes it, and it is refused', async (_, body) => {
    expect((await make(body)).HostConfig.Privileged).toBe(true);
    expect(parse(body)).toBeInstanceOf(LaunchError);
  });

  it.each([
    ['privileged', `{${start},"Privileged":true}`],
    ['privileged in lower case', `{${start},"privileged":true}`],
    ['a host network', `{${start},"NetworkMode":"host","Binds":["/etc:/x"]}`],
  ])(
    '%s at the top, where the inner object has it: refused, whether dockerd takes it or passes it over',
    async (_, body) => {
      const { HostConfig } = await make(body);
      const { ApiVersion } = (await engine.call('GET', '/version')) as { ApiVersion: string };
      const isTaken =
        HostConfig.Privileged || (HostConfig.NetworkMode === 'host' && HostConfig.Binds?.[0] === '/etc:/x');
      // docker 26 (API 1.45) takes it, docker 28 (1.51) does not; 27 was not seen.
      const minor = Number(ApiVersion.split('.')[1]);
      if (minor <= 45 || minor >= 51) expect(isTaken).toBe(minor <= 45);
      expect(parse(body)).toBeInstanceOf(LaunchError);
    },
  );

  it.each([
    [
      'everything is said as it is spelled',
      `{${start},"HostConfig":{"Privileged":true,"PidMode":"host","CapAdd":["ALL"]}}`,
    ],
    ['one text stands for a list', `{${start},"HostConfig":{"CapAdd":"ALL","Privileged":true,"PidMode":"host"}}`],
  ])('%s: dockerd and the request agree', async (_, body) => {
    expect((await make(body)).HostConfig).toMatchObject({ Privileged: true, PidMode: 'host', CapAdd: ['ALL'] });
    expect(parse(body)).toMatchObject({
      security: { privileged: { value: true }, capabilities: [{ value: 'ALL' }] },
      namespaces: [{ kind: 'pid', mode: 'host' }],
    });
  });

  it.each([
    ['""', null],
    ['[""]', null],
    ['["/e"]', ['/e']],
    ['"/e"', ['/e']],
  ])('the entrypoint %s is read as dockerd reads it', async (text, entrypoint) => {
    const body = `{${start},"Cmd":"a b","Entrypoint":${text}}`;
    expect((await make(body)).Config).toMatchObject({ Entrypoint: entrypoint, Cmd: ['a b'] });
    expect(parse(body)).toMatchObject({
      entrypoint: (entrypoint ?? []).map((value) => ({ value })),
      command: [{ value: 'a b' }],
    });
  });
});
