import { describe, expect, it } from 'vitest';
import type { AttachedContainer, EngineEndpoint, EngineNetwork } from '../../model/index.ts';
import { attachContainers, type HostView, type PlacedContainer } from './attach-containers.ts';
import type { HostLink } from './host-links.ts';

const shop: EngineNetwork = {
  engine: 'docker',
  networkId: 'a'.repeat(64),
  name: 'shop',
  driver: 'bridge',
  bridge: 'br-shop',
  subnets: ['10.77.0.0/24'],
  gateways: ['10.77.0.1'],
};
const back: EngineNetwork = { ...shop, networkId: 'b'.repeat(64), name: 'back', bridge: 'br-back' };
const card: EngineNetwork = {
  engine: 'docker',
  networkId: 'c'.repeat(64),
  name: 'card',
  driver: 'macvlan',
  subnets: [],
  gateways: [],
};
const none: EngineNetwork = { ...card, networkId: 'd'.repeat(64), name: 'none', driver: 'null' };
const podman: EngineNetwork = { ...shop, engine: 'podman', networkId: 'e'.repeat(64), bridge: 'podman1' };

const link = (name: string, bridge: string, peerNamespace: number): HostLink => ({
  index: 1,
  name,
  bridge,
  peerNamespace,
  addresses: [],
});
const view: HostView = {
  host: 'quay',
  networks: [shop, back, card, none, podman],
  links: [
    link('veth1', 'br-shop', 0),
    link('veth2', 'br-back', 0),
    link('veth3', 'br-shop', 1),
    link('veth4', 'podman1', 2),
  ],
  numbers: new Map([
    [4001, 0],
    [4002, 1],
    [4003, 2],
  ]),
  ownNamespace: 4000,
};

const end = (network: EngineNetwork, address: string): EngineEndpoint => ({
  network: network.name,
  networkId: network.networkId,
  mac: '02:42:0a:4d:00:02',
  addresses: [address],
});
function placed(
  name: string,
  namespace: number | undefined,
  endpoints: readonly EngineEndpoint[],
  changes: Partial<AttachedContainer> = {},
): PlacedContainer {
  const container: AttachedContainer = {
    containerId: name.padEnd(64, '0'),
    name,
    imageReference: 'web:1',
    labels: {},
    running: true,
    pid: 7,
    networkMode: 'shop',
    endpoints,
    published: [],
    ...changes,
  };
  return { engine: 'docker', container, ...(namespace === undefined ? {} : { namespace }) };
}
const portsOf = (...all: readonly PlacedContainer[]) =>
  attachContainers(view, all).map(({ attachments }) => attachments.map(({ port }) => port));
const toldOf = (...all: readonly PlacedContainer[]) =>
  attachContainers(view, all).map(({ outOfReach }) => outOfReach.map(({ driver }) => driver));

describe('a container', () => {
  it('has the port that leads to its namespace and is in the bridge of its network, of each network', () => {
    const web = placed('web', 4001, [end(shop, '10.77.0.2'), end(back, '10.78.0.2')]);
    expect(attachContainers(view, [web])).toEqual([
      {
        host: 'quay',
        engine: 'docker',
        containerId: web.container.containerId,
        name: 'web',
        imageReference: 'web:1',
        labels: {},
        pid: 7,
        attachments: [
          { network: 'shop', bridge: 'br-shop', port: 'veth1', mac: '02:42:0a:4d:00:02', addresses: ['10.77.0.2'] },
          { network: 'back', bridge: 'br-back', port: 'veth2', mac: '02:42:0a:4d:00:02', addresses: ['10.78.0.2'] },
        ],
        published: [],
        outOfReach: [],
      },
    ]);
  });

  it('does not get the port of another, whatever address the engine gave', () => {
    expect(
      portsOf(placed('web', 4001, [end(shop, '10.77.0.2')]), placed('db', 4002, [end(shop, '10.77.0.3')])),
    ).toEqual([['veth1'], ['veth3']]);
  });

  it('is closed, and told so, where no port leads to it', () => {
    const cases = [
      placed('gone', undefined, [end(shop, '10.77.0.2')]),
      placed('unnumbered', 4009, [end(shop, '10.77.0.2')]),
      placed('elsewhere', 4002, [end(back, '10.78.0.2')]),
      placed('no-mac', 4001, [{ network: 'shop', networkId: shop.networkId, addresses: ['10.77.0.2'] }]),
      placed('no-address', 4001, [{ ...end(shop, ''), addresses: [] }]),
      placed('no-network', 4001, [{ ...end(shop, '10.77.0.2'), network: 'x', networkId: 'x' }]),
    ];
    for (const one of cases) {
      expect(portsOf(one), one.container.name).toEqual([[]]);
      expect(toldOf(one), one.container.name).toEqual([['bridge']]);
    }
  });

  it('finds its network among those of its own engine', () => {
    const pod: PlacedContainer = {
      ...placed('pod', 4003, [{ ...end(podman, '10.89.0.2'), networkId: 'shop' }]),
      engine: 'podman',
    };
    expect(portsOf(pod)).toEqual([['veth4']]);
  });
});

describe('out of reach is', () => {
  it('the network of the host, whatever the engine calls it', () => {
    expect(toldOf(placed('a', 4000, []), placed('b', 4000, [end(shop, '10.77.0.2')]))).toEqual([['host'], ['host']]);
    expect(portsOf(placed('b', 4000, [end(shop, '10.77.0.2')]))).toEqual([[]]);
  });

  it('a driver without a bridge, and what to do is said', () => {
    const web = placed('web', 4001, [end(card, '192.0.2.7'), end(shop, '10.77.0.2')]);
    expect(portsOf(web)).toEqual([['veth1']]);
    const [told] = attachContainers(view, [web]);
    expect(told?.outOfReach).toEqual([
      { driver: 'macvlan', network: 'card', message: expect.stringMatching(/"card".*no rule.*Use a bridge network/s) },
    ]);
  });

  it('the network of an engine that runs without root', () => {
    expect(toldOf(placed('web', 4009, [], { networkMode: 'slirp4netns' }))).toEqual([['slirp4netns']]);
  });

  it('not what has no network', () => {
    expect(toldOf(placed('a', 4009, [end(none, '')], { networkMode: 'none' }))).toEqual([[]]);
    expect(toldOf(placed('a', 4009, [], { networkMode: 'none' }))).toEqual([[]]);
  });
});

describe('containers that share a namespace', () => {
  it('have the ends of all, each once, and are told of each other', () => {
    const web = placed('web', 4001, [end(shop, '10.77.0.2')]);
    // docker gives none to the one that joined, podman repeats them.
    const joined = placed('side', 4001, [], { networkMode: `container:${web.container.containerId}` });
    const repeated = placed('car', 4001, [end(shop, '10.77.0.2')]);
    expect(portsOf(joined, web, repeated)).toEqual([['veth1'], ['veth1'], ['veth1']]);
    const [side] = attachContainers(view, [joined, web, repeated]);
    expect(side?.outOfReach).toEqual([{ driver: 'container', network: 'car, web', message: expect.any(String) }]);
  });
});
