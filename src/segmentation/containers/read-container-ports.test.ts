import { describe, expect, it } from 'vitest';
import type { AttachedContainer, EngineNetwork } from '../../model/index.ts';
import type { PlacedContainer } from './attach-containers.ts';
import { readOwnNamespace } from './network-namespaces.ts';
import { readPortsOfOne } from './read-container-ports.ts';

const network: EngineNetwork = {
  engine: 'docker',
  networkId: 'n',
  name: 'shop',
  driver: 'bridge',
  bridge: 'br-shop',
  subnets: ['10.77.0.0/24'],
  gateways: ['10.77.0.1'],
};
const container: AttachedContainer = {
  containerId: 'c',
  name: 'web',
  imageReference: 'web:1',
  labels: {},
  running: true,
  pid: 7,
  networkMode: 'shop',
  endpoints: [{ network: 'shop', networkId: 'n', mac: '02:42:0a:4d:00:07', addresses: ['10.77.0.7'] }],
  published: [],
};
const one: PlacedContainer = { engine: 'docker', container, namespace: 4_026_532_255 };
const links = JSON.stringify([{ ifindex: 9, ifname: 'veth7', master: 'br-shop', link_netnsid: 3 }]);
const numbered = JSON.stringify({ namespaces: [{ ns: one.namespace, netnsid: '3' }] });

/** A kernel that numbers the namespace when it shows the link: `early` is said before. */
async function read(placed: PlacedContainer, early: string) {
  const asked: string[] = [];
  const run = async (command: string) => {
    asked.push(command);
    if (command === 'ip') return links;
    return asked.filter((each) => each === 'lsns').length === 1 ? early : numbered;
  };
  const [found] = await readPortsOfOne({ host: 'quay', networks: [network], one: placed, others: [], run });
  return { asked: asked.toSorted(), port: found?.attachments[0]?.port };
}

describe('the port of one container', () => {
  it('takes a look at its bridge and one for its number', async () =>
    expect(await read(one, numbered)).toEqual({ asked: ['ip', 'lsns'], port: 'veth7' }));

  it('takes another where it had no number before its link was shown', async () =>
    expect(await read(one, '{"namespaces":[]}')).toEqual({ asked: ['ip', 'lsns', 'lsns'], port: 'veth7' }));

  it('is none, and no number is asked for, where its process is gone or in the network of the host', async () => {
    const { namespace: _, ...gone } = one;
    expect(await read(gone, numbered)).toEqual({ asked: ['ip'], port: undefined });
    const ofHost = { ...one, namespace: await readOwnNamespace() };
    expect(await read(ofHost, numbered)).toEqual({ asked: ['ip'], port: undefined });
  });
});
