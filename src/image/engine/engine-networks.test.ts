import { describe, expect, it } from 'vitest';
import { parseAttachedContainer, parseDockerNetworks, parsePodmanNetworks } from './engine-networks.ts';

const id = 'cd'.repeat(32);
const networkId = '9877bb0a4305c2a5359cde4c057848808ba85dc42beb2360ee3ab900a989d497';

/** As dockerd 20.10 answers, shortened to what is read. */
const endpoint = {
  NetworkID: networkId,
  Gateway: '10.77.0.1',
  IPAddress: '10.77.0.2',
  IPPrefixLen: 24,
  IPv6Gateway: 'fd00:77::1',
  GlobalIPv6Address: 'fd00:77:0::2',
  MacAddress: '02:42:0A:4d:00:02',
  DriverOpts: null,
};

function inspected(settings: object, mode = 'shop_net', pid: unknown = 15_728): object {
  return {
    Id: id,
    Name: '/web',
    Image: `sha256:${'ab'.repeat(32)}`,
    Config: { Image: 'web:1', Labels: { 'com.docker.compose.project': 'shop' } },
    State: { Running: true, Pid: pid, StartedAt: '2026-03-04T05:06:07.891234567Z', FinishedAt: '2026-03-04T05:00:00Z' },
    HostConfig: { NetworkMode: mode },
    NetworkSettings: settings,
  };
}

describe('a container with its ends', () => {
  it('has addresses of both versions, its pid and what it publishes', () => {
    const Ports = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '81/udp': null,
    };
    expect(parseAttachedContainer(inspected({ Networks: { shop_net: endpoint }, Ports }))).toEqual({
      containerId: id,
      name: 'web',
      imageReference: 'web:1',
      imageId: `sha256:${'ab'.repeat(32)}`,
      labels: { 'com.docker.compose.project': 'shop' },
      running: true,
      started: Date.parse('2026-03-04T05:06:07.891Z'),
      pid: 15_728,
      networkMode: 'shop_net',
      endpoints: [{ network: 'shop_net', networkId, mac: '02:42:0a:4d:00:02', addresses: ['10.77.0.2', 'fd00:77::2'] }],
      published: [
        { protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 8080, containerPort: 80 },
        { protocol: 'tcp', hostAddress: '::', hostPort: 8080, containerPort: 80 },
      ],
    });
  });

  it('has the file of its resolver, where the engine says one', () => {
    const made = (ResolvConfPath: unknown) =>
      parseAttachedContainer({ ...inspected({ Networks: {} }), ResolvConfPath });
    expect(made('/var/lib/docker/containers/cd/resolv.conf')?.resolverFile).toBe(
      '/var/lib/docker/containers/cd/resolv.conf',
    );
    for (const none of ['', 'resolv.conf', 7, undefined]) expect(made(none)).not.toHaveProperty('resolverFile');
  });

  it('of podman publishes on all addresses where none is said', () => {
    const Ports = { '80/tcp': [{ HostIp: '', HostPort: '9090' }] };
    expect(parseAttachedContainer(inspected({ Networks: {}, Ports }))?.published).toEqual([
      { protocol: 'tcp', hostAddress: '0.0.0.0', hostPort: 9090, containerPort: 80 },
    ]);
  });

  it('that does not run, or has the network of another, has none', () => {
    const stopped = { ...endpoint, IPAddress: '', GlobalIPv6Address: '', MacAddress: '', NetworkID: '' };
    expect(parseAttachedContainer(inspected({ Networks: { mv: stopped } }, 'mv', 0))?.endpoints).toEqual([
      { network: 'mv', networkId: '', addresses: [] },
    ]);
    const joined = parseAttachedContainer(inspected({ Networks: {}, Ports: {} }, `container:${id}`));
    expect(joined).toMatchObject({ networkMode: `container:${id}`, endpoints: [] });
    expect(parseAttachedContainer(inspected({ Networks: null, Ports: null }, 'host'))?.endpoints).toEqual([]);
  });

  const refused: readonly (readonly [string, object])[] = [
    ['an address that is none', inspected({ Networks: { a: { ...endpoint, IPAddress: '10.0.0.1; drop' } } })],
    ['an address in two readings', inspected({ Networks: { a: { ...endpoint, IPAddress: '010.0.0.1' } } })],
    ['an end that is no object', inspected({ Networks: { a: 1 } })],
    ['a port that is none', inspected({ Ports: { '99999/tcp': [] } })],
    ['a protocol that is none', inspected({ Ports: { '80/tcp;': [] } })],
    ['a port of the host that is none', inspected({ Ports: { '80/tcp': [{ HostIp: '', HostPort: '-1' }] } })],
    ['a pid that is no whole number', inspected({}, 'bridge', 1.5)],
    ['no settings', { ...inspected({}), NetworkSettings: undefined }],
  ];
  for (const [title, value] of refused) {
    it(`with ${title} is no answer`, () => expect(parseAttachedContainer(value)).toBeUndefined());
  }
});

describe('networks of docker', () => {
  const shop = {
    Name: 'shop_net',
    Id: networkId,
    Driver: 'bridge',
    IPAM: { Config: [{ Subnet: '10.77.0.9/24' }, { Subnet: 'fd00:77::/64', Gateway: 'fd00:77::1' }] },
    Options: {},
  };
  const parsed = { engine: 'docker', networkId, name: 'shop_net', driver: 'bridge' };

  it('have the bridge that libnetwork names after them, or the option does', () => {
    const named = { ...shop, Options: { 'com.docker.network.bridge.name': 'brfoo' } };
    const ranges = { subnets: ['10.77.0.0/24', 'fd00:77::/64'], gateways: ['fd00:77::1'] };
    expect(parseDockerNetworks([shop, named])).toEqual([
      { ...parsed, bridge: 'br-9877bb0a4305', ...ranges },
      { ...parsed, bridge: 'brfoo', ...ranges },
    ]);
  });

  it('of other drivers have no bridge', () => {
    const other = { ...shop, Driver: 'macvlan', IPAM: { Config: [] } };
    expect(parseDockerNetworks([other])).toEqual([{ ...parsed, driver: 'macvlan', subnets: [], gateways: [] }]);
    expect(parseDockerNetworks([{ ...other, IPAM: { Config: null } }])).toHaveLength(1);
  });

  for (const name of ['a b', '../x', 'sixteen-letters-', 'x;y', '..']) {
    it(`have no bridge by the name "${name}"`, () => {
      const [network] = parseDockerNetworks([{ ...shop, Options: { 'com.docker.network.bridge.name': name } }]) ?? [];
      expect(network).not.toHaveProperty('bridge');
    });
  }

  const range = (Subnet: unknown, Gateway?: string) => [{ ...shop, IPAM: { Config: [{ Subnet, Gateway }] } }];
  const refused: readonly unknown[] = [
    {},
    [1],
    [{ ...shop, Id: '../x' }],
    [{ ...shop, Driver: 7 }],
    range('10.0.0.0'),
    range('10.0.0.0/33'),
    range('10.0.0.0/8', 'here'),
    range(8),
  ];
  refused.forEach((value, at) => {
    it(`of an unknown shape are no answer: ${at}`, () => expect(parseDockerNetworks(value)).toBeUndefined());
  });
});

describe('networks of podman', () => {
  const shop = {
    name: 'shop',
    id: networkId,
    driver: 'bridge',
    network_interface: 'podman1',
    subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }, { subnet: 'fd08:3738:b712:aaf::/64' }],
  };

  it('say their interface', () => {
    expect(parsePodmanNetworks([shop])).toEqual([
      {
        engine: 'podman',
        networkId,
        name: 'shop',
        driver: 'bridge',
        bridge: 'podman1',
        subnets: ['10.89.0.0/24', 'fd08:3738:b712:aaf::/64'],
        gateways: ['10.89.0.1'],
      },
    ]);
  });

  it('of macvlan name the card of the host, which is no bridge', () => {
    expect(parsePodmanNetworks([{ ...shop, driver: 'macvlan', network_interface: 'eth0' }])?.[0]).not.toHaveProperty(
      'bridge',
    );
  });

  it('of an unknown shape are no answer', () => {
    for (const value of [null, [{ ...shop, subnets: [{ subnet: 'x' }] }], [{ ...shop, name: '' }]]) {
      expect(parsePodmanNetworks(value)).toBeUndefined();
    }
  });
});
