import type { Flow, FlowContainer, NetworkedContainer, NetworkReport } from '../../src/model/index.ts';

export const someTime = 1_700_000_000_000;
export const anHour = 3_600_000;

export function flowContainer(name: string, groups: readonly string[] = [name]): FlowContainer {
  return { engine: 'docker', containerId: containerIdOf(name), name, groups };
}

/** 64 hex digits, another for each name. */
export function containerIdOf(name: string): string {
  return Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64);
}

/** web asks db over tcp 5432, once. */
export function someFlow(more: Partial<Flow> = {}): Flow {
  return {
    host: 'one.example',
    container: flowContainer('web'),
    direction: 'outbound',
    peer: { kind: 'container', ...flowContainer('db') },
    protocol: 'tcp',
    port: 5432,
    outcome: 'allowed',
    first: someTime,
    last: someTime,
    attempts: 1,
    ...more,
  };
}

export function networkedContainer(name: string, more: Partial<NetworkedContainer> = {}): NetworkedContainer {
  const number = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_000, 7);
  return {
    host: 'one.example',
    engine: 'docker',
    containerId: containerIdOf(name),
    name,
    imageReference: `registry.example/shop/${name}:1`,
    imageId: `sha256:${'ab'.repeat(32)}`,
    labels: { app: name },
    pid: 1000 + number,
    attachments: [
      {
        network: 'shop',
        bridge: 'br-shop',
        port: `veth${number}`,
        mac: '02:42:ac:12:00:02',
        addresses: [`172.18.${Math.floor(number / 254)}.${(number % 254) + 1}`],
      },
    ],
    published: [],
    outOfReach: [],
    ...more,
  };
}

export function networkReport(names: readonly string[], more: Partial<NetworkReport> = {}): NetworkReport {
  const host = more.host ?? 'one.example';
  return {
    host,
    at: someTime,
    network: {
      host,
      bridges: [
        {
          bridge: 'br-shop',
          network: 'shop',
          engine: 'docker',
          subnets: ['172.18.0.0/16'],
          gateways: ['172.18.0.1'],
        },
      ],
      services: new Map([['dns', [{ addresses: '192.0.2.53/32', protocol: 'udp', ports: [53, 53] }]]]),
    },
    containers: names.map((name) => networkedContainer(name, { host })),
    ...more,
  };
}
