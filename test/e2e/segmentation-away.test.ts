import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  busyboxImage,
  type ContainerEngine,
  describeWith,
  makeNetworkNamespace,
  type NetworkNamespace,
  type PostgresServer,
  runIn,
  startDockerd,
  startPostgres,
  within,
  writeDockerArchive,
} from '../engines/index.ts';
import { makeScratch } from '../engines/scratch.ts';
import { runPortwarden, startPortwardenThrough, startWithoutStore } from './running-portwarden.ts';
import { addressAt, type Running, runContainer } from './segmentation-scene.ts';

const groups = `apiVersion: portwarden/v1
kind: SecurityGroup
metadata: { name: shop-db }
spec:
  members: [{ project: shop, service: db }]
  inbound: [{ from: [{ group: shop-web }], ports: [tcp/5432] }]
---
apiVersion: portwarden/v1
kind: SecurityGroup
metadata: { name: shop-web }
spec:
  members: [{ project: shop, service: web }]
  outbound: [{ to: [{ group: shop-db }], ports: [tcp/5432] }]
`;
const patience = { timeout: 30_000, interval: 100 };

describeWith(['dockerd', 'nftables', 'busybox', 'postgres'], 'groups on a host that boots without its store', () => {
  const scratch = makeScratch('groups-away');
  const file = (name: string) => join(scratch.path, name);
  let host: NetworkNamespace;
  let docker: ContainerEngine;
  let postgres: PostgresServer;
  let environment: Record<string, string>;
  let portwarden: { kill(): Promise<void> } | undefined;
  let [web, db]: Running[] = [];
  const running: Running[] = [];

  beforeAll(async () => {
    host = makeNetworkNamespace();
    [docker, postgres] = await Promise.all([startDockerd({ namespace: host }), startPostgres()]);
    writeDockerArchive(busyboxImage(), file('busybox.tar'), 'localhost/harbor/busybox:1');
    const image = await docker.load(file('busybox.tar'));
    await docker.call('POST', '/networks/create', { Name: 'shop', IPAM: { Config: [{ Subnet: '10.74.0.0/24' }] } });
    environment = {
      PORTWARDEN_DATA: file('data'),
      PORTWARDEN_DATABASE: postgres.localUrl,
      PORTWARDEN_HOST: 'quay',
      PORTWARDEN_DOCKER_SOCKET: docker.socket,
      PORTWARDEN_PODMAN_SOCKET: '',
      PORTWARDEN_DRIFT: 'off',
    };
    web = await runContainer(docker, image, 'shop-web-1', 'shop', { service: 'web' });
    db = await runContainer(docker, image, 'shop-db-1', 'shop', { service: 'db' });
    running.push(web, db);
    await Promise.all([db.peer.listen(5432), db.peer.listen(5433)]);
  });
  afterAll(async () => {
    for (const { peer } of running) peer.close();
    await portwarden?.kill();
    await docker?.stop();
    await postgres?.stop();
    host?.remove();
    await scratch.remove();
  });

  const inHost = () => {
    const { command, args } = within(host, process.execPath, []);
    return [command, ...args];
  };
  const reaches = async (port: number) => web?.peer.reaches(addressAt(db as Running, 'shop'), port);

  it('hold as they held last, before anybody has asked the store', async () => {
    portwarden = await startPortwardenThrough(inHost(), environment);
    writeFileSync(file('groups.yaml'), groups);
    expect(await runPortwarden(['apply', '-f', file('groups.yaml')], environment)).toMatchObject({ code: 0 });
    await expect.poll(() => reaches(5433), patience).toBe(false);
    expect(await reaches(5432)).toBe(true);

    await portwarden.kill();
    await postgres.halt();
    // As the kernel is after a boot: without anything of ours.
    const tables = (await runIn(host, 'nft', 'list', 'tables'))
      .split('\n')
      .filter((line) => line.includes('portwarden'));
    for (const table of tables) await runIn(host, 'nft', 'delete', ...table.split(' '));
    expect(await reaches(5433)).toBe(true);

    const waiting = await startWithoutStore(environment, inHost());
    portwarden = waiting;
    await expect.poll(() => reaches(5433), patience).toBe(false);
    expect(await reaches(5432)).toBe(true);
    await expect.poll(waiting.stdout, patience).toContain('Rules of security groups hold as they held last');
    expect(await waiting.interrupt()).toBe(0);
  });
});
