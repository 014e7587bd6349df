import { describe, expect, it } from 'vitest';
import { fakeReader, shopContainer, shopNetwork } from '../../test/fakes/segment-scene.ts';
import { createSegmentedHost } from './segmented-host.ts';

const web = shopContainer(2, 'web');
const db = shopContainer(3, 'db');

function openHost() {
  const reader = fakeReader({ unplugged: new Set() });
  let hold: Promise<void> | undefined;
  const host = createSegmentedHost({
    host: 'quay',
    portwardenPorts: [],
    read: {
      ...reader,
      async ports(input) {
        await hold;
        return reader.ports(input);
      },
    },
  });
  return {
    host,
    names: () => host.containers.map(({ name }) => name).toSorted(),
    /** The next look at everything waits until what is given back is called. */
    holdLooks() {
      let release = (): void => undefined;
      hold = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}

describe('what is known of a host', () => {
  it('changes its revision where something changed, and only there', async () => {
    const { host } = openHost();
    await host.replace('docker', [shopNetwork], [web]);
    const { revision } = host;
    await host.refresh();
    await host.replace('docker', [shopNetwork], [web]);
    expect(host.revision).toBe(revision);
    await host.add('docker', db);
    expect(host.revision).toBeGreaterThan(revision);
    const after = host.revision;
    host.remove('docker', 'unknown');
    expect(host.revision).toBe(after);
    host.remove('docker', db.containerId);
    expect(host.revision).toBeGreaterThan(after);
  });

  it('does not bind again what ended during a look at everything', async () => {
    const { host, names, holdLooks } = openHost();
    await host.replace('docker', [shopNetwork], [web, db]);
    const release = holdLooks();
    const look = host.refresh();
    host.remove('docker', db.containerId);
    release();
    await look;
    expect(names()).toEqual(['web']);
  });

  it('does not forget what started during a look at everything', async () => {
    const { host, names, holdLooks } = openHost();
    await host.replace('docker', [shopNetwork], [web]);
    const release = holdLooks();
    const look = host.refresh();
    const start = host.add('docker', db);
    release();
    await Promise.all([look, start]);
    expect(names()).toEqual(['db', 'web']);
  });

  it('of one engine stays when another is looked at', async () => {
    const { host, names } = openHost();
    await host.replace('docker', [shopNetwork], [web]);
    await host.replace('podman', [{ ...shopNetwork, engine: 'podman', bridge: 'podman1' }], [{ ...db, pid: 9 }]);
    expect(names()).toEqual(['db', 'web']);
    expect(host.network.bridges.map(({ bridge }) => bridge)).toEqual(['br-shop', 'podman1']);
    await host.replace('docker', [shopNetwork], []);
    expect(names()).toEqual(['db']);
  });

  it('says whether it knows the networks of a container', async () => {
    const { host } = openHost();
    expect(host.knowsNetworksOf('docker', web)).toBe(false);
    await host.replaceNetworks('docker', [shopNetwork]);
    expect(host.knowsNetworksOf('docker', web)).toBe(true);
    expect(host.knowsNetworksOf('podman', web)).toBe(false);
  });
});
