import { describe, expect, it } from 'vitest';
import { blockOf, cloudReach, type StateResource, terraformState } from '../../../../test/fakes/cloud-groups.ts';
import { readCloudTraffic } from '../read-cloud-traffic.ts';

const group = (id: string, name: string, more: object = {}) =>
  [`aws_security_group.${name}`, { id, name, vpc_id: 'vpc-1', tags: null, ingress: [], egress: [], ...more }] as const;
const inline = (more: object) => ({
  cidr_blocks: [],
  description: '',
  from_port: 0,
  ipv6_cidr_blocks: [],
  prefix_list_ids: [],
  protocol: '-1',
  security_groups: [],
  self: false,
  to_port: 0,
  ...more,
});
const ingress = (name: string, more: object) =>
  [
    `aws_vpc_security_group_ingress_rule.${name}`,
    {
      id: `sgr-${name}`,
      cidr_ipv4: null,
      cidr_ipv6: null,
      prefix_list_id: null,
      referenced_security_group_id: null,
      ...more,
    },
  ] as const;
const read = (...resources: readonly StateResource[]) => cloudReach('aws', terraformState(...resources));

describe('security groups of a state', () => {
  it('let what their rule resources say, at both ends', () => {
    const { edges, remarks } = read(
      group('sg-1', 'web'),
      group('sg-2', 'db'),
      ingress('a', {
        security_group_id: 'sg-2',
        referenced_security_group_id: 'sg-1',
        ip_protocol: 'tcp',
        from_port: 5432,
        to_port: 5433,
      }),
      [
        'aws_vpc_security_group_egress_rule.a',
        {
          id: 'sgr-b',
          security_group_id: 'sg-1',
          referenced_security_group_id: 'sg-2',
          ip_protocol: 'tcp',
          from_port: 5433,
          to_port: 5433,
        },
      ],
      ingress('b', {
        security_group_id: 'sg-1',
        cidr_ipv4: '192.0.2.0/24',
        ip_protocol: 'udp',
        from_port: 53,
        to_port: 53,
      }),
      ingress('c', {
        security_group_id: 'sg-1',
        cidr_ipv6: '2001:db8::/32',
        ip_protocol: '-1',
        from_port: null,
        to_port: null,
      }),
    );
    expect(edges).toEqual([
      '192.0.2.0-192.0.2.255 > web: UDP 53',
      '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff > web: All Connections',
      'web > db: TCP 5433',
    ]);
    expect(remarks).toEqual([]);
  });

  it('let what is written in them, themselves among others', () => {
    const { edges } = read(
      group('sg-1', 'web', {
        ingress: [
          inline({
            protocol: 'tcp',
            from_port: 80,
            to_port: 80,
            cidr_blocks: ['198.51.100.0/24'],
            ipv6_cidr_blocks: ['2001:db8::/127'],
          }),
          inline({ protocol: 'icmp', from_port: 8, to_port: -1, self: true }),
        ],
        egress: [inline({ self: true }), inline({ security_groups: ['sg-2'] })],
      }),
      group('sg-2', 'db', {
        ingress: [inline({ protocol: 'tcp', from_port: 1, to_port: 2, security_groups: ['sg-1'] })],
      }),
    );
    expect(edges).toEqual([
      '198.51.100.0-198.51.100.255 2001:db8::-2001:db8::1 > web: TCP 80',
      'web > db: TCP 1-2',
      'web > web: ICMP 8',
    ]);
  });

  it('let what aws_security_group_rule adds to them, in modules too', () => {
    const resources = [
      {
        type: 'aws_security_group',
        address: 'module.a.aws_security_group.web[0]',
        values: { id: 'sg-1', name: 'web' },
      },
      {
        type: 'aws_security_group_rule',
        address: 'module.a.aws_security_group_rule.a',
        values: {
          security_group_id: 'sg-1',
          type: 'ingress',
          protocol: 'all',
          from_port: 0,
          to_port: 0,
          cidr_blocks: ['192.0.2.1/32'],
          self: false,
        },
      },
    ];
    const state = {
      format_version: '1.0',
      values: { root_module: { child_modules: [{ child_modules: [{ resources }] }] } },
    };
    expect(cloudReach('aws', state).edges).toEqual(['192.0.2.1 > web: All Connections']);
  });

  it('are read from a state file of version 4', () => {
    const attributes = { id: 'sg-1', name: 'web', ingress: [inline({ cidr_blocks: ['192.0.2.1/32'] })] };
    const state = {
      version: 4,
      terraform_version: '1.11.4',
      resources: [
        { mode: 'managed', type: 'aws_security_group', name: 'web', instances: [{ index_key: 'a', attributes }] },
      ],
    };
    expect(cloudReach('aws', state).edges).toEqual(['192.0.2.1 > web: All Connections']);
  });

  it('reach anybody and each other where a block is everything', () => {
    const { edges } = read(
      group('sg-1', 'web', {
        egress: [inline({ protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['0.0.0.0/0'] })],
      }),
      group('sg-2', 'db', { ingress: [inline({ cidr_blocks: ['10.0.0.0/8'] })] }),
    );
    expect(edges).toContain('web > db: TCP 443');
    expect(edges).toContain('web > 0.0.0.0-255.255.255.255: TCP 443');
  });

  it('are reached through blocks where their members are, and through no others', () => {
    const state = terraformState(
      group('sg-1', 'web', { egress: [inline({ cidr_blocks: ['10.1.0.0/16', '192.0.2.0/24'] })] }),
      group('sg-2', 'db', { ingress: [inline({ cidr_blocks: ['10.1.0.0/16'] })] }),
      group('sg-3', 'far', { ingress: [inline({ cidr_blocks: ['10.1.0.0/16'] })] }),
    );
    const members = new Map([
      ['db', blockOf('10.1.2.0/24')],
      ['far', blockOf('10.9.0.0/16')],
      ['*', blockOf('10.1.0.0/16')],
    ]);
    const { edges } = cloudReach('aws', state, { members });
    expect(edges).toContain('web > db: All Connections');
    expect(edges.filter((edge) => edge.startsWith('web > far'))).toEqual([]);
  });

  it('have members within their VPC, where a file says what its blocks are', () => {
    const groups = [
      group('sg-1', 'web', { egress: [inline({ cidr_blocks: ['10.1.0.0/16', '10.2.0.0/16', '10.9.0.0/16'] })] }),
      ...['db', 'far', 'more'].map((name, at) =>
        group(`sg-${at + 2}`, name, {
          vpc_id: name === 'db' ? 'vpc-1' : `vpc-${name}`,
          ingress: [inline({ cidr_blocks: ['10.0.0.0/8'] })],
        }),
      ),
    ];
    const vpc = (id: string, cidr_block: string) => [`aws_vpc.${id}`, { id, cidr_block, ipv6_cidr_block: '' }] as const;
    const more = { id: 'a', vpc_id: 'vpc-more', cidr_block: '10.9.0.0/16' };
    const reached = (...resources: readonly StateResource[]) =>
      read(...groups, ...resources).edges.flatMap((edge) => /^web > (db|far|more):/.exec(edge)?.[1] ?? []);
    expect(reached()).toEqual(['db', 'far', 'more']);
    const vpcs = [vpc('vpc-1', '10.1.0.0/16'), vpc('vpc-far', '10.3.0.0/16'), vpc('vpc-more', '10.4.0.0/16')];
    expect(reached(...vpcs)).toEqual(['db']);
    expect(reached(...vpcs, ['aws_vpc_ipv4_cidr_block_association.a', more])).toEqual(['db', 'more']);
  });

  it('tell two of one name apart by their IDs', () => {
    const { edges } = read(group('sg-1', 'web', { ingress: [inline({ cidr_blocks: ['192.0.2.1/32'] })] }), [
      `aws_security_group.other`,
      { id: 'sg-2', name: 'web' },
    ]);
    expect(edges).toEqual(['192.0.2.1 > web (sg-1): All Connections']);
  });
});

describe('what is not known', () => {
  it('is a prefix list without its entries', () => {
    const rule = group('sg-1', 'web', { ingress: [inline({ prefix_list_ids: ['pl-1'] })] });
    expect(read(rule)).toEqual({
      edges: [],
      remarks: [
        'unsupported: aws_security_group.web: The files do not say what the prefix list pl-1 has: what it lets is not counted',
      ],
    });
    const entries = { id: 'pl-1', entry: [{ cidr: '192.0.2.1/32', description: '' }] };
    expect(read(rule, ['aws_ec2_managed_prefix_list.a', entries]).edges).toEqual(['192.0.2.1 > web: All Connections']);
    const aws = { id: 'pl-1', cidr_blocks: ['198.51.100.0/31'] };
    expect(read(rule, ['data.aws_prefix_list.s3', aws]).edges).toEqual([
      '198.51.100.0-198.51.100.1 > web: All Connections',
    ]);
  });

  it('is a group that no file has: it stops nothing', () => {
    const { edges, remarks } = read(
      group('sg-1', 'web', {
        ingress: [inline({ protocol: 'tcp', from_port: 1, to_port: 1, security_groups: ['123456789012/sg-9'] })],
      }),
    );
    expect(edges).toContain('sg-9 > web: TCP 1');
    expect(remarks[0]).toContain(
      'unknown-group: aws_security_group.web: The files do not have the security group sg-9',
    );
  });

  it('is a protocol, the codes of a type of ICMP, a peer that is not there yet, an expression, and what network ACLs say', () => {
    const { edges, remarks } = read(
      group('sg-1', 'web'),
      ingress('a', { security_group_id: 'sg-1', cidr_ipv4: '192.0.2.1/32', ip_protocol: '50' }),
      ingress('b', {
        security_group_id: 'sg-1',
        cidr_ipv4: '192.0.2.1/32',
        ip_protocol: 'icmp',
        from_port: 3,
        to_port: 4,
      }),
      ingress('c', { security_group_id: 'sg-1', ip_protocol: '-1' }),
      ingress('d', { security_group_id: 'sg-1', cidr_ipv4: '${var.x}', ip_protocol: '-1' }),
      ingress('e', { security_group_id: null, cidr_ipv4: '192.0.2.1/32', ip_protocol: '-1' }),
      ['aws_security_group_rule.f', { type: 'ingress', protocol: '-1' }],
      ['aws_network_acl.a', {}],
    );
    expect(edges).toEqual(['192.0.2.1 > web: ICMP 3']);
    expect(remarks.map((remark) => remark.split(': ').at(-1))).toEqual([
      'what it lets is not counted',
      'what it lets is not counted',
      'they may refuse more',
      'it is not counted',
      'all of the type are counted',
      'what it lets is not counted',
      'what it lets is not counted',
    ]);
  });
});

describe('security groups that aws lists', () => {
  const listing = {
    SecurityGroups: [
      {
        GroupId: 'sg-1',
        GroupName: 'web',
        VpcId: 'vpc-1',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            IpRanges: [{ CidrIp: '203.0.113.0/24', Description: 'office' }],
            Ipv6Ranges: [{ CidrIpv6: '2001:db8::/128' }],
            PrefixListIds: [],
            UserIdGroupPairs: [],
          },
        ],
        IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '1' }] }],
      },
      {
        GroupId: 'sg-2',
        GroupName: 'launch-wizard-2',
        Tags: [{ Key: 'portwarden-group', Value: 'db' }],
        IpPermissions: [{ IpProtocol: 'udp', FromPort: 1, ToPort: 9, UserIdGroupPairs: [{ GroupId: 'sg-1' }] }],
        IpPermissionsEgress: [],
      },
    ],
  };

  it('are parties by name, or by the tag that says of which group they are', () => {
    expect(cloudReach('aws', listing)).toEqual({
      edges: ['203.0.113.0-203.0.113.255 2001:db8:: > web: TCP 443', 'web > db: UDP 1-9'],
      remarks: [],
    });
    expect(cloudReach('aws', listing.SecurityGroups).edges).toHaveLength(2);
  });
});

describe('what is refused', () => {
  const refusal = (text: string) => () => readCloudTraffic('aws', [{ path: 'a.json', text }]);
  it.each([
    ['no JSON', 'SecurityGroups: []', 'a.json: this is no JSON that is read'],
    ['JSON of something else', '{"a": 1}', 'a.json: this is no state of Terraform and no output of aws'],
    [
      'a block that is none',
      JSON.stringify(terraformState(group('sg-1', 'web', { ingress: [inline({ cidr_blocks: ['10.0.0.0/33'] })] }))),
      'a.json: aws_security_group.web: ingress[0].cidr_blocks[0] must be a block',
    ],
    [
      'ports that end before they begin',
      JSON.stringify(
        terraformState(
          group('sg-1', 'web', { ingress: [inline({ protocol: 'tcp', from_port: 9, to_port: 1, self: true })] }),
        ),
      ),
      'ingress[0] ends before it begins',
    ],
    [
      'a rule of another form',
      JSON.stringify(terraformState(group('sg-1', 'web', { ingress: [7] }))),
      'a.json: aws_security_group.web: ingress[0] must be an object',
    ],
    ['what nests too deep', `${'['.repeat(300)}${']'.repeat(300)}`, 'a.json: this is no JSON that is read'],
  ])('is %s', (_, text, message) => expect(refusal(text)).toThrow(message));

  it('is nothing of a state without rules, which is told', () => {
    const none = { edges: [], remarks: ['unsupported: aws: The files have no rules of this cloud'] };
    expect(cloudReach('aws', { format_version: '1.0', terraform_version: '1.11.4' })).toEqual(none);
    expect(read(['aws_instance.a', { id: 'i-1' }])).toEqual(none);
  });
});
