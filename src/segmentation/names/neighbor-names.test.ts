import { describe, expect, it } from 'vitest';
import { networkedContainer } from '../../../test/fakes/networked-containers.ts';
import type { NetworkedContainer } from '../../model/index.ts';
import { createNeighborNames } from './neighbor-names.ts';

const made = (at: number, name: string, networks: readonly string[], more: Partial<NetworkedContainer> = {}) => ({
  ...networkedContainer(at, { name }),
  engine: 'podman' as const,
  attachments: networks.map((network, index) => ({
    network,
    bridge: `br-${network}`,
    port: `v${at}${index}`,
    mac: '02:00:00:00:00:01',
    addresses: [`10.${index}.0.${at}`, `fd0${index}::${at}`],
  })),
  ...more,
});
const service = (name: string) => ({ labels: { 'com.docker.compose.service': name } });
const names = createNeighborNames([
  made(2, 'shop_web_1', ['front', 'back'], service('web')),
  made(3, 'shop_web_2', ['front'], service('web')),
  made(4, 'DB', ['back']),
  made(5, 'other', ['elsewhere']),
  made(6, 'docker', ['front'], { engine: 'docker' }),
]);

describe('a name of a neighbor', () => {
  it.each([
    ['shop_web_2', ['10.0.0.3', 'fd00::3']],
    ['shop_web_2.dns.podman', ['10.0.0.3', 'fd00::3']],
    ['web', ['10.0.0.2', 'fd00::2', '10.0.0.3', 'fd00::3']],
    ['db', undefined],
    ['other', undefined],
    ['docker', undefined],
    ['web.example', undefined],
    ['', undefined],
  ])('%s leads to %j', (name, addresses) => {
    expect(names.addressesOf('10.0.0.3', name)).toEqual(addresses);
  });

  it('is found by each address of the asker', () => {
    // It is in both networks; whichever address it asks from is its own in one of them.
    expect(names.addressesOf('10.1.0.2', 'db')).toEqual(['10.0.0.4', 'fd00::4']);
    expect(names.addressesOf('fd01::2', 'db')).toEqual(['10.0.0.4', 'fd00::4']);
  });

  it('is none for strangers, and for those of docker, which answers itself', () => {
    expect(names.addressesOf('10.9.0.9', 'db')).toBeUndefined();
    expect(names.addressesOf('10.0.0.6', 'shop_web_1')).toBeUndefined();
  });
});
