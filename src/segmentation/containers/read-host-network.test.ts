import { describe, expect, it } from 'vitest';
import type { EngineNetwork } from '../../model/index.ts';
import type { HostLink } from './host-links.ts';
import { compileHostNetwork, parseResolvers } from './read-host-network.ts';

const network: EngineNetwork = {
  engine: 'docker',
  networkId: 'a'.repeat(64),
  name: 'shop',
  driver: 'bridge',
  bridge: 'br-shop',
  subnets: ['10.77.0.0/24'],
  gateways: [],
};
const address = (text: string, scope = 'global') => ({ address: text, prefix: 24, scope });
const links: readonly HostLink[] = [
  { index: 1, name: 'lo', addresses: [address('127.0.0.1', 'host'), address('::1', 'host')] },
  { index: 2, name: 'eth0', addresses: [address('192.0.2.5'), address('fe80::5', 'link')] },
  { index: 3, name: 'br-shop', addresses: [address('10.77.0.1'), address('fe80::1', 'link')] },
  { index: 4, name: 'veth1', bridge: 'br-shop', peerNamespace: 0, addresses: [address('fe80::99', 'link')] },
];
const read = (changes: Partial<Parameters<typeof compileHostNetwork>[0]> = {}, resolvers: readonly string[] = []) =>
  compileHostNetwork({ host: 'quay', networks: [network], portwardenPorts: [7080], ...changes }, links, resolvers);
const blocks = (service: 'host' | 'dns' | 'metadata', ...rest: Parameters<typeof read>) =>
  read(...rest)
    .services.get(service)
    ?.map(({ addresses }) => addresses);

describe('a host', () => {
  it('has bridges with the gateways that stand on them, whatever the engine lists', () => {
    expect(read().bridges).toEqual([
      { bridge: 'br-shop', network: 'shop', engine: 'docker', subnets: ['10.77.0.0/24'], gateways: ['10.77.0.1'] },
    ]);
  });

  it('has a bridge that is not there yet, and none of other drivers', () => {
    const { bridge: _, ...macvlan } = { ...network, driver: 'macvlan' };
    const later = { ...network, bridge: 'br-later', gateways: ['10.78.0.1'] };
    expect(read({ networks: [later, macvlan] }).bridges).toEqual([
      expect.objectContaining({ bridge: 'br-later', gateways: ['10.78.0.1'] }),
    ]);
  });

  it('is itself at all of its addresses but loopback, and not at those of ports', () => {
    expect(blocks('host')).toEqual(['10.77.0.1/32', '192.0.2.5/32', 'fe80::1/128', 'fe80::5/128']);
  });

  it('has its own programs at their ports alone', () => {
    const { services } = read();
    expect(services.get('portwarden')).toContainEqual({
      addresses: '192.0.2.5/32',
      protocol: 'tcp',
      ports: [7080, 7080],
    });
    expect(services.get('engine-api')).toContainEqual({
      addresses: '10.77.0.1/32',
      protocol: 'tcp',
      ports: [2375, 2377],
    });
    expect(services.get('kubelet')).toHaveLength(8);
    expect(services.has('registry')).toBe(false);
  });

  it('has what is said to be elsewhere beside that', () => {
    const etcd = { addresses: '198.51.100.0/28', protocol: 'tcp', ports: [2379, 2379] } as const;
    const { services } = read({ services: { etcd: [etcd], registry: [{ addresses: '198.51.100.9/32' }] } });
    expect(services.get('etcd')).toContainEqual(etcd);
    expect(services.get('etcd')).toContainEqual({ addresses: '192.0.2.5/32', protocol: 'tcp', ports: [2379, 2380] });
    expect(services.get('registry')).toEqual([{ addresses: '198.51.100.9/32' }]);
  });

  it('asks names of its resolvers and gateways, by both protocols, and of no loopback address', () => {
    const dns = read({}, ['10.0.0.53', '127.0.0.53', '10.0.0.53']).services.get('dns');
    expect(dns?.map(({ addresses, protocol, ports }) => `${addresses} ${protocol} ${ports}`)).toEqual([
      '10.0.0.53/32 udp 53,53',
      '10.0.0.53/32 tcp 53,53',
      '10.77.0.1/32 udp 53,53',
      '10.77.0.1/32 tcp 53,53',
    ]);
  });

  it('knows where clouds keep credentials, of both versions', () => {
    for (const block of ['169.254.169.254/32', '169.254.170.2/32', 'fd00:ec2::254/128', 'fd20:ce::254/128']) {
      expect(blocks('metadata')).toContain(block);
    }
  });

  it('says the same whatever order things come in', () => {
    const other = { ...network, bridge: 'br-a', name: 'a' };
    const forwards = compileHostNetwork({ host: 'q', networks: [network, other], portwardenPorts: [1] }, links, [
      '10.0.0.1',
      '10.0.0.2',
    ]);
    const backwards = compileHostNetwork(
      { host: 'q', networks: [other, network], portwardenPorts: [1] },
      links.toReversed(),
      ['10.0.0.2', '10.0.0.1'],
    );
    expect(backwards).toEqual(forwards);
  });
});

it('resolv.conf gives its servers, without zones and without what is no address', () => {
  const text =
    '# nameserver 1.1.1.1\nnameserver 10.0.0.53\n nameserver\tfe80::1%eth0 \nnameserver here\nsearch example\n';
  expect(parseResolvers(text)).toEqual(['10.0.0.53', 'fe80::1']);
});
