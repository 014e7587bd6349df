import { describe, expect, it } from 'vitest';
import { cloudReach, terraformState } from '../../../../test/fakes/cloud-groups.ts';
import { readCloudTraffic } from '../read-cloud-traffic.ts';

const asg = (name: string) => ({
  id: `/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/applicationSecurityGroups/${name}`,
  resourceGroup: 'rg',
});
/** As az lists a rule. */
const rule = (priority: number, more: object) => ({
  name: `rule-${priority}`,
  access: 'Allow',
  direction: 'Inbound',
  priority,
  protocol: 'Tcp',
  sourcePortRange: '*',
  sourcePortRanges: [],
  sourceAddressPrefixes: [],
  destinationPortRange: '*',
  destinationPortRanges: [],
  destinationAddressPrefixes: [],
  ...more,
});
const nsg = (name: string, ...securityRules: readonly object[]) => ({
  id: `/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/${name}`,
  name,
  resourceGroup: 'rg',
  location: 'westeurope',
  subnets: [{ id: '/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s' }],
  securityRules,
});
/** What members of groups may not, that no rule lets. */
const rest = (...names: readonly string[]) => [
  rule(4096, {
    access: 'Deny',
    protocol: '*',
    sourceAddressPrefix: '*',
    destinationApplicationSecurityGroups: names.map(asg),
  }),
  rule(4095, {
    access: 'Deny',
    protocol: '*',
    direction: 'Outbound',
    destinationAddressPrefix: '*',
    sourceApplicationSecurityGroups: names.map(asg),
  }),
];

describe('network security groups', () => {
  it('let what their rules say between application security groups, at both ends', () => {
    const { edges, remarks } = cloudReach('azure', [
      nsg(
        'shop',
        rule(100, {
          sourceApplicationSecurityGroups: [asg('web')],
          destinationApplicationSecurityGroups: [asg('DB')],
          destinationPortRange: '5432',
        }),
        rule(100, {
          direction: 'Outbound',
          sourceApplicationSecurityGroups: [asg('web')],
          destinationApplicationSecurityGroups: [asg('db')],
          destinationPortRange: '',
          destinationPortRanges: ['5430-5440'],
        }),
        rule(110, {
          sourceAddressPrefixes: ['192.0.2.0/25', '192.0.2.128/25'],
          destinationApplicationSecurityGroups: [asg('web')],
          destinationPortRange: '443',
        }),
        ...rest('web', 'db'),
      ),
    ]);
    expect(edges).toEqual(['192.0.2.0-192.0.2.255 > web: TCP 443', 'web > db: TCP 5432']);
    expect(remarks).toEqual([]);
  });

  it('are asked by priority', () => {
    const own = { sourceAddressPrefix: '192.0.2.1', destinationApplicationSecurityGroups: [asg('web')] };
    const { edges } = cloudReach('azure', [
      nsg(
        'shop',
        rule(300, { ...own, destinationPortRange: '80-82' }),
        rule(200, { ...own, access: 'Deny', destinationPortRange: '81' }),
        rule(400, { ...own, access: 'Deny' }),
        ...rest('web'),
      ),
    ]);
    expect(edges).toEqual(['192.0.2.1 > web: TCP 80,82']);
  });

  it('end with rules of Azure: the network, the load balancer, and the internet outbound', () => {
    const { edges } = cloudReach('azure', [nsg('plain')]);
    expect(edges).toContain('plain > plain: All Connections');
    expect(edges.some((edge) => /^10\.0\.0\.0.* 168\.63\.129\.16 .*> plain: All Connections$/.test(edge))).toBe(true);
    expect(edges.some((edge) => /^plain > 0\.0\.0\.0-.*: All Connections$/.test(edge))).toBe(true);
    expect(edges.filter((edge) => edge.startsWith('0.0.0.0'))).toEqual([]);
  });

  it('have their own end of all their interfaces where it is any address', () => {
    const { edges } = cloudReach('azure', [
      nsg(
        'plain',
        rule(100, { sourceAddressPrefix: '203.0.113.0/24', destinationAddressPrefix: '*', destinationPortRange: '22' }),
      ),
    ]);
    expect(edges.some((edge) => edge.includes('203.0.113.0-203.0.113.255 > plain: TCP 22'))).toBe(true);
  });

  it('are read as the REST API has them, too', () => {
    const { name, ...properties } = rule(100, {
      sourceAddressPrefix: '192.0.2.1/32',
      destinationApplicationSecurityGroups: [asg('web')],
    });
    const group = {
      name: 'shop',
      id: '/x',
      properties: { securityRules: [{ name, properties }, ...rest('web').map((each) => ({ properties: each }))] },
    };
    expect(cloudReach('azure', { value: [group] }).edges).toEqual(['192.0.2.1 > web: TCP 1-65535']);
  });
});

describe('what is not known', () => {
  const inbound = { destinationApplicationSecurityGroups: [asg('web')], destinationPortRange: '443' };
  it('is a service tag, part of the ports of who connects, another protocol', () => {
    const { edges, remarks } = cloudReach('azure', [
      nsg(
        'shop',
        rule(100, { ...inbound, sourceAddressPrefix: 'Storage.WestEurope' }),
        rule(110, { ...inbound, sourceAddressPrefix: '192.0.2.1', sourcePortRange: '1024' }),
        rule(105, { ...inbound, access: 'Deny', sourceAddressPrefix: '192.0.2.1', sourcePortRange: '1024' }),
        rule(120, { ...inbound, sourceAddressPrefix: '192.0.2.2', protocol: 'Esp' }),
        ...rest('web'),
      ),
    ]);
    expect(edges).toEqual(['192.0.2.1 > web: TCP 443']);
    expect(remarks).toEqual([
      'unsupported: network security group shop: Which addresses the service tag Storage.WestEurope has is not known: what it would allow there is not counted',
      'unsupported: network security group shop: It is for some ports of whoever connects: it is counted for all of them',
      'unsupported: network security group shop: It is for some ports of whoever connects: what it denies is not counted',
      'unsupported: network security group shop: The protocol Esp is none that groups speak of: it is not counted',
    ]);
  });

  it('is what holds for a group that no rule is for: it stops nothing', () => {
    const { edges, remarks } = cloudReach('azure', [
      nsg('shop', rule(100, { ...inbound, sourceApplicationSecurityGroups: [asg('lb')] }), ...rest('web')),
    ]);
    expect(edges).toContain('lb > web: TCP 443');
    expect(remarks[0]).toContain('No network security group of the files is for lb');
  });
});

describe('a network security group of nothing', () => {
  it('is told', () => {
    const { remarks } = cloudReach('azure', [{ ...nsg('shop'), subnets: null }]);
    expect(remarks.join()).toContain('It is of no subnet and no network interface');
  });
});

describe('network security groups of a state', () => {
  it('have rules in them and beside them, and groups by their names', () => {
    const written = (priority: number, more: object) => ({
      name: `r${priority}`,
      access: 'Allow',
      direction: 'Inbound',
      priority,
      protocol: 'Udp',
      description: '',
      source_port_range: '*',
      source_port_ranges: [],
      source_address_prefix: '',
      source_address_prefixes: [],
      source_application_security_group_ids: [],
      destination_port_range: '53',
      destination_port_ranges: [],
      destination_address_prefix: '',
      destination_address_prefixes: [],
      destination_application_security_group_ids: [],
      ...more,
    });
    const place = { resource_group_name: 'RG' };
    const { edges } = cloudReach(
      'azure',
      terraformState(
        ['azurerm_application_security_group.a', { id: asg('dns').id, name: 'dns', tags: {} }],
        ['azurerm_virtual_network.a', { address_space: ['10.9.0.0/16'] }],
        [
          'azurerm_network_security_group.a',
          {
            ...place,
            id: '/nsg',
            name: 'shop',
            security_rule: [
              written(100, {
                source_address_prefix: '192.0.2.0/24',
                destination_application_security_group_ids: [asg('dns').id],
              }),
              written(4096, {
                access: 'Deny',
                protocol: '*',
                source_address_prefix: '*',
                destination_port_range: '*',
                destination_application_security_group_ids: [asg('dns').id],
              }),
            ],
          },
        ],
        [
          'azurerm_network_security_rule.b',
          {
            ...written(4096, {
              access: 'Deny',
              direction: 'Outbound',
              protocol: '*',
              destination_address_prefix: '*',
              destination_port_range: '*',
              source_application_security_group_ids: [asg('dns').id],
            }),
            resource_group_name: 'rg',
            network_security_group_name: 'shop',
          },
        ],
      ),
    );
    expect(edges).toEqual(['192.0.2.0-192.0.2.255 > dns: UDP 53']);
  });
});

describe('what is refused', () => {
  it.each([
    ['of another tool', { SecurityGroups: [] }, 'this is no state of Terraform and no output of az'],
    [
      'of a direction that is none',
      [nsg('a', rule(100, { direction: 'Sideways' }))],
      'direction must be inbound or outbound',
    ],
    ['without a priority', [nsg('a', rule(100, { priority: null }))], 'priority is missing'],
    [
      'of a block that is none',
      [nsg('a', rule(100, { sourceAddressPrefix: '10.0.0.0/40' }))],
      'sourceAddressPrefix must be a block',
    ],
    ['of ports that are none', [nsg('a', rule(100, { destinationPortRange: 'http' }))], 'must be a port'],
  ])('is what is %s', (_, exported, message) =>
    expect(() => readCloudTraffic('azure', [{ path: 'a.json', text: JSON.stringify(exported) }])).toThrow(message),
  );
});
