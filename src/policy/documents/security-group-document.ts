import type { Static } from 'typebox';
import { addressesOf, hasNoAddress, parseCidr, subtractAddresses } from '../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  type NamedService,
  namedServices,
  noConnections,
  type SecurityGroup,
  type TrafficPeer,
  type TrafficRule,
  unionConnections,
} from '../../model/index.ts';
import type { DocumentKind, DocumentOf, DocumentPath, RefuseAt, SchemaBuilders } from '../document-kind.ts';
import { parseTrafficPorts } from '../traffic-words.ts';

const closed = { additionalProperties: false };

const member = (t: SchemaBuilders) => {
  const glob = (description: string) => t.Optional(t.String({ minLength: 1, maxLength: 253, description }));
  return t.Object(
    {
      host: glob('Name of the host, with *'),
      engine: t.Optional(t.Enum(['docker', 'podman'])),
      namespace: glob('Of Kubernetes, with *'),
      name: glob('Of the container, with *; whoever starts it chooses it'),
      image: t.Optional(
        t.String({
          accepts: 'image-pattern',
          description: 'As it was asked for, without tag and digest: registry.example/shop/**, docker.io/library/nginx',
        }),
      ),
      project: glob('Of compose, with *'),
      service: glob('Of compose, with *'),
      labels: t.Optional(
        t.Record(t.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,252}$' }), t.String({ maxLength: 4096 }), {
          description: 'All of them, exactly; "*" is any value',
        }),
      ),
    },
    { ...closed, description: 'Containers that all of this fits' },
  );
};

const peer = (t: SchemaBuilders) =>
  t.Object(
    {
      any: t.Optional(
        t.Boolean({ description: 'true: every container and every address, but no service that is protected' }),
      ),
      group: t.Optional(t.String({ accepts: 'name', description: 'Containers of this group' })),
      cidr: t.Optional(
        t.String({ accepts: 'address-block', description: 'Addresses outside; containers are reached by group' }),
      ),
      except: t.Optional(
        t.Array(t.String({ accepts: 'address-block' }), {
          minItems: 1,
          description: 'Blocks within cidr that are not',
        }),
      ),
      name: t.Optional(
        t.String({
          accepts: 'dns-name',
          description: 'Outbound: what this name leads to; *.example.com is all names below example.com',
        }),
      ),
      service: t.Optional(
        t.Enum([...namedServices], { description: 'Where it is differs by host; its ports are known' }),
      ),
    },
    { ...closed, description: 'One of any, group, cidr, name and service' },
  );

const rules = (t: SchemaBuilders, way: 'from' | 'to', description: string) =>
  t.Optional(
    t.Array(
      t.Object(
        {
          [way]: t.Array(peer(t), { minItems: 1, description: 'Any of these' }),
          ports: t.Optional(
            t.Array(t.String({ accepts: 'traffic-ports' }), {
              minItems: 1,
              description: 'tcp/443, tcp/9000-9010, udp, icmp/echo-request. Default: all; of a service its own',
            }),
          ),
          description: t.Optional(t.String({ maxLength: 500, description: 'Why' })),
        },
        closed,
      ),
      { description },
    ),
  );

const spec = (t: SchemaBuilders) =>
  t.Object(
    {
      default: t.Optional(
        t.Boolean({ default: false, description: 'true: its members are all containers that no other group has' }),
      ),
      members: t.Optional(
        t.Array(member(t), { minItems: 1, description: 'Containers that any of these fits; not with "default"' }),
      ),
      inbound: rules(t, 'from', 'Who may connect to its members. Default: nobody'),
      outbound: rules(t, 'to', 'To whom its members may connect. Default: to nobody'),
    },
    { ...closed, description: 'What is not listed is refused; a connection needs the word of both its ends' },
  );

/** As its schema says; written out since the two ways of a rule are built by one function. */
export type SecurityGroupSpec = Omit<Static<ReturnType<typeof spec>>, 'inbound' | 'outbound'> & {
  readonly inbound?: readonly ({ readonly from: readonly WrittenPeer[] } & WrittenRule)[];
  readonly outbound?: readonly ({ readonly to: readonly WrittenPeer[] } & WrittenRule)[];
};
type WrittenPeer = Static<ReturnType<typeof peer>>;
interface WrittenRule {
  readonly ports?: readonly string[];
  readonly description?: string;
}

export interface SecurityGroupDocument extends DocumentOf<'SecurityGroup', SecurityGroupSpec> {
  /** `observe`: what would be refused is counted and passes. Default: enforce. */
  readonly mode?: 'enforce' | 'observe';
}

/** Who may talk to the containers of a group, and to whom they may. */
export const securityGroupKind: DocumentKind<SecurityGroupSpec> = {
  kind: 'SecurityGroup',
  description: 'Who may talk to the containers of a group, and to whom they may; what is not listed is refused',
  hasMode: true,
  spec,
  check({ spec: { default: isDefault = false, members, inbound = [], outbound = [] } }, refuse) {
    if (isDefault && members)
      refuse(['spec', 'members'], 'are said of the default group, which has what is left over', 'Take one of them out');
    if (!isDefault && !members)
      refuse(['spec'], 'says nobody is in the group', 'Add "members:", or "default: true" for all that is left over');
    for (const [index, selector] of (members ?? []).entries())
      if (Object.values(selector).every((said) => typeof said === 'object' && Object.keys(said).length === 0))
        refuse(
          ['spec', 'members', index],
          'is every container',
          'Say which; for all that is left over, "default: true"',
        );
    for (const [index, { from }] of inbound.entries()) {
      for (const [at, written] of from.entries()) {
        const path = ['spec', 'inbound', index, 'from', at];
        if (written.name !== undefined)
          refuse([...path, 'name'], 'is of inbound, where only addresses are known', 'Write "group" or "cidr"');
        checkPeer(written, path, refuse);
      }
    }
    for (const [index, { to }] of outbound.entries())
      for (const [at, written] of to.entries()) checkPeer(written, ['spec', 'outbound', index, 'to', at], refuse);
  },
};

function checkPeer(written: WrittenPeer, path: DocumentPath, refuse: RefuseAt): void {
  const { except, ...peers } = written;
  const said = Object.keys(peers);
  if (said.length !== 1)
    refuse(
      path,
      said.length === 0 ? 'says nobody' : `says ${said.map((name) => `"${name}"`).join(' and ')}`,
      'Give one of any, group, cidr, name and service; more of them as items of the list',
    );
  if (written.any === false) refuse([...path, 'any'], 'must be true', 'Take it out');
  if (!except) return;
  const block = written.cidr === undefined ? undefined : parseCidr(written.cidr);
  if (block === undefined) return refuse([...path, 'except'], 'goes with "cidr" alone');
  for (const [index, text] of except.entries()) {
    const hole = parseCidr(text);
    if (hole && !hasNoAddress(subtractAddresses(hole, block)))
      refuse([...path, 'except', index], 'is not within "cidr"', 'Give a block that lies in it');
  }
  if (hasNoAddress(peerAddresses(written))) refuse([...path, 'except'], 'leaves nothing of "cidr"');
}

function peerAddresses({ cidr = '', except = [] }: WrittenPeer) {
  const holes = addressesOf(except.flatMap((text) => parseCidr(text) ?? []));
  return subtractAddresses(addressesOf([parseCidr(cidr)].filter((block) => block !== undefined)), holes);
}

/** The group that a document is about, once it was parsed. */
export function securityGroupOf({ metadata, mode = 'enforce', spec: group }: SecurityGroupDocument): SecurityGroup {
  const { default: isDefault = false, members = [], inbound = [], outbound = [] } = group;
  return {
    name: metadata.name,
    mode,
    isDefault,
    members,
    inbound: inbound.map((rule, index) => ruleOf(`inbound[${index}]`, rule.from, rule)),
    outbound: outbound.map((rule, index) => ruleOf(`outbound[${index}]`, rule.to, rule)),
  };
}

function ruleOf(path: string, peers: readonly WrittenPeer[], { ports, description }: WrittenRule): TrafficRule {
  return {
    path,
    peers: peers.map(peerOf),
    connections: ports === undefined ? allConnections : connectionsOf(ports),
    ...(description === undefined ? {} : { description }),
  };
}

function connectionsOf(ports: readonly string[]): ConnectionSet {
  return ports.map((text) => parseTrafficPorts(text) ?? noConnections).reduce(unionConnections);
}

function peerOf(written: WrittenPeer): TrafficPeer {
  if (written.group !== undefined) return { kind: 'group', group: written.group };
  if (written.name !== undefined) return { kind: 'name', name: written.name };
  if (written.service !== undefined) return { kind: 'service', service: written.service as NamedService };
  return written.any ? { kind: 'any' } : { kind: 'addresses', addresses: peerAddresses(written) };
}
