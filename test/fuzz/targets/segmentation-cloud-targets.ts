import {
  type CloudPlatform,
  reachClasses,
  readCloudTraffic,
  renderCloud,
  SegmentationError,
} from '../../../src/segmentation/index.ts';
import { any, securityGroup, tcp, toBlock, toGroup, trafficRules } from '../../fakes/networked-containers.ts';
import type { FuzzTarget } from '../fuzz-target.ts';

const groups = [
  securityGroup('web', {
    inbound: trafficRules('inbound', [[any], tcp(443)]),
    outbound: trafficRules('outbound', [[toGroup('db'), toBlock('192.0.2.0/24')], tcp(5432)]),
  }),
  securityGroup('db', { inbound: trafficRules('inbound', [[toGroup('web')], tcp(5432)]) }),
];
const rendered = (platform: CloudPlatform) => renderCloud(platform, { groups, denyLists: [] }).files[0]?.text ?? '';

const listings: Readonly<Record<CloudPlatform, unknown>> = {
  aws: {
    SecurityGroups: [
      {
        GroupId: 'sg-1',
        GroupName: 'web',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            IpRanges: [{ CidrIp: '0.0.0.0/0' }],
            UserIdGroupPairs: [{ GroupId: 'sg-2' }],
          },
        ],
        IpPermissionsEgress: [
          { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], PrefixListIds: [{ PrefixListId: 'pl-1' }] },
        ],
      },
    ],
  },
  google: [
    {
      name: 'web',
      network: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/default',
      direction: 'INGRESS',
      priority: 1000,
      allowed: [{ IPProtocol: 'tcp', ports: ['443', '8000-8080'] }],
      sourceRanges: ['0.0.0.0/0'],
      sourceTags: ['lb'],
      targetTags: ['web'],
    },
  ],
  azure: [
    {
      name: 'web',
      id: '/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/networkSecurityGroups/web',
      securityRules: [
        {
          name: 'a',
          access: 'Allow',
          direction: 'Inbound',
          priority: 100,
          protocol: 'Tcp',
          sourceAddressPrefix: 'Internet',
          sourcePortRange: '*',
          destinationApplicationSecurityGroups: [{ id: '/x/applicationSecurityGroups/web' }],
          destinationPortRanges: ['443'],
        },
      ],
    },
  ],
};

const states: Readonly<Record<CloudPlatform, readonly [type: string, values: unknown]>> = {
  aws: [
    'aws_security_group',
    {
      id: 'sg-1',
      name: 'web',
      ingress: [{ protocol: 'tcp', from_port: 1, to_port: 2, cidr_blocks: ['10.0.0.0/8'], self: true }],
    },
  ],
  google: [
    'google_compute_firewall',
    { name: 'web', network: 'default', deny: [{ protocol: 'all' }], source_ranges: ['10.0.0.0/8'] },
  ],
  azure: [
    'azurerm_network_security_group',
    {
      name: 'web',
      security_rule: [
        {
          access: 'Deny',
          direction: 'Outbound',
          priority: 100,
          protocol: '*',
          source_address_prefix: '*',
          destination_address_prefix: 'VirtualNetwork',
          destination_port_range: '80',
        },
      ],
    },
  ],
};

const words: Readonly<Record<CloudPlatform, readonly string[]>> = {
  aws: [
    '"-1"',
    'icmpv6',
    'security_groups',
    'prefix_list_ids',
    'cidr_ipv6',
    'referenced_security_group_id',
    '${var.x}',
  ],
  google: ['denied', 'EGRESS', 'destinationRanges', 'sourceServiceAccounts', 'disabled', '"all"', '::/0'],
  azure: [
    'properties',
    'VirtualNetwork',
    'AzureLoadBalancer',
    'Storage',
    'sourcePortRange',
    'defaultSecurityRules',
    '*',
  ],
};

/** What clouds and Terraform export. */
export const segmentationCloudTargets: readonly FuzzTarget[] = (['aws', 'google', 'azure'] as const).map((platform) => {
  const [type, values] = states[platform];
  const resources = [{ address: `module.a.${type}.web`, mode: 'managed', type, name: 'web', values }];
  return {
    name: `segmentation/${platform}`,
    covers: [`segmentation/cloud/${platform}/`, 'segmentation/cloud/'],
    seeds: [
      rendered(platform),
      JSON.stringify(listings[platform]),
      JSON.stringify({
        format_version: '1.0',
        terraform_version: '1.9.0',
        values: { root_module: { child_modules: [{ resources }] } },
      }),
      JSON.stringify({
        version: 4,
        resources: [{ mode: 'managed', type, name: 'web', instances: [{ index_key: 0, attributes: values }] }],
      }),
    ],
    words: [...words[platform], 'root_module', 'planned_values', 'resource', 'null', '__proto__'],
    refuses: [SegmentationError],
    run(bytes: Uint8Array) {
      const file = { path: 'a.json', text: Buffer.from(bytes).toString('utf8') };
      const { model, remarks } = readCloudTraffic(platform, [file]);
      return {
        edges: reachClasses(model).edges.length > 0,
        remarks: remarks.length > 0,
        parties: model.endpoints.length,
      };
    },
  };
});
