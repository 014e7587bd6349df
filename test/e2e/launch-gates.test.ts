import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LaunchPage } from '../../src/model/wire/index.ts';
import { type ContainerEngine, describeWith } from '../engines/index.ts';
import { makeHostWithGates } from './host-with-gates.ts';
import { type RunningPortwarden, runPortwarden, startPortwarden } from './running-portwarden.ts';

const image = 'gates.example/busybox:1';
const privileged = { HostConfig: { Privileged: true, NetworkMode: 'none' } };

/** One host as its user sets it up: `portwarden up` with both gates, and the dockerd that asks them. */
describeWith(['dockerd', 'busybox'], 'a host with both looks at launches', () => {
  const { scratch, at, environment, startEngine } = makeHostWithGates('host');
  let portwarden: RunningPortwarden;
  let engine: ContainerEngine;

  beforeAll(async () => {
    portwarden = await startPortwarden(environment);
    engine = await startEngine(image);
  });
  afterAll(async () => {
    await portwarden?.interrupt();
    await engine?.stop();
    rmSync(environment.PORTWARDEN_DOCKER_GATE, { force: true });
    // The front outlives whoever started it; it is found by the socket of its agent.
    await scratch.remove();
  });

  const launches = async (query = '') => (await portwarden.get(`/api/v1/launches${query}`)).body as LaunchPage;
  const apply = async (mode: 'observe' | 'enforce') => {
    const policy = `{apiVersion: portwarden/v1, kind: LaunchPolicy, metadata: {name: all}, mode: ${mode}, spec: {}}\n`;
    writeFileSync(at('policy.yaml'), policy);
    return runPortwarden(['apply', '-f', at('policy.yaml')], environment);
  };
  const create = (name: string, extra: object = {}) =>
    engine.call('POST', `/containers/create?name=${name}`, {
      Image: image,
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: 'none' },
      ...extra,
    });

  it('observes before anybody wrote a policy, and lets all pass', async () => {
    await create('first-day', privileged);
    const { items } = await launches('?observed=true&gate=docker');
    expect(items[0]).toMatchObject({ host: 'quay-1', containers: [{ name: 'first-day', image }] });
    expect(items[0]?.findings[0]).toMatchObject({ rule: 'launch/privileged', path: 'HostConfig.Privileged' });
  });

  it('plans what a policy would refuse of what was recorded', async () => {
    const policy = '{apiVersion: portwarden/v1, kind: LaunchPolicy, metadata: {name: all}, spec: {}}\n';
    writeFileSync(at('policy.yaml'), policy);
    const { code, stdout } = await runPortwarden(['plan', '-f', at('policy.yaml')], environment);
    expect(stdout).toMatch(/observed -> deny\s+launch\/privileged: HostConfig\.Privileged/);
    expect(code).toBe(1);
  });

  it('refuses once it enforces, and says by which rule, what to do and where there is more', async () => {
    expect((await apply('enforce')).code).toBe(0);
    let tries = 0;
    const refusal = () => create(`refused-${tries++}`, privileged).then(String, (error: Error) => error.message);
    await expect.poll(refusal, { timeout: 20_000 }).toMatch(/launch\/privileged.*Leave .{1,2}privileged.{1,2} out/);
    const [, id = ''] = /portwarden explain (l[0-9a-z]+)/.exec(await refusal()) ?? [];
    const { stdout, code } = await runPortwarden(['explain', id], environment);
    expect(code).toBe(0);
    expect(stdout).toMatch(/launch\/privileged\s+critical\s+HostConfig\.Privileged/);
  });

  it('sees what starts twice: as it was asked for, and as its runtime gets it', async () => {
    const id = await engine.run({ image, name: 'plain', command: ['sleep', '1000'] });
    expect(await engine.call('GET', `/containers/${id}/json`)).toMatchObject({ State: { Running: true } });
    const { items } = await launches('?outcome=allow&text=gates.example');
    const seen = items.filter(({ containers }) => containers[0]?.name === 'plain');
    expect(seen.map(({ gate }) => gate).sort()).toEqual(['docker', 'runtime']);
  });

  it('keeps what it answered when it is killed, refuses within two seconds meanwhile, and goes on afterwards', async () => {
    const before = await launches();
    await portwarden.kill();
    const asked = Date.now();
    await expect(create('meanwhile')).rejects.toThrow(/agent of this host/);
    expect(Date.now() - asked).toBeLessThan(2000);
    portwarden = await startPortwarden(environment);
    expect((await launches()).total).toBe(before.total);
    await create('afterwards');
    expect((await launches()).total).toBe(before.total + 1);
  });
});
