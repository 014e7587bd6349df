import { type Static, Type } from 'typebox';
import { DocumentChange } from './certificates.ts';
import { Nullable, Page, PageQuery, Time } from './common.ts';

const Mode = Type.Enum(['enforce', 'observe']);
const Outcome = Type.Enum(['allowed', 'refused', 'observed'], {
  description: 'observed: it passed, and a group in mode enforce would have refused it',
});
const Engine = Type.Enum(['docker', 'podman']);
const Protocol = Type.Enum(['tcp', 'udp', 'sctp', 'icmp']);
const Connections = Type.String({ description: '`all`, `none`, or `tcp 80,443 udp 53 icmp`' });
const HostName = Type.String({ minLength: 1, maxLength: 253 });
const GroupName = Type.String({ minLength: 1, maxLength: 128 });
const Since = Type.Optional(Type.String({ format: 'date-time', description: 'Seen at that time or later' }));

/** Attempts of connections by what became of them; a client that tries again counts again. */
export const Attempts = Type.Object({
  allowed: Type.Integer(),
  refused: Type.Integer(),
  observed: Type.Integer({ description: 'Passed, and would have been refused' }),
});
export type Attempts = Static<typeof Attempts>;

/** What somebody wrote that decides. */
export const TrafficSourceView = Type.Object({
  document: Type.String({ description: 'SecurityGroup shop-web' }),
  path: Type.String({ description: 'inbound[0]' }),
  at: Nullable(Type.String({ description: 'File and line, where it was read from one' })),
});
export type TrafficSourceView = Static<typeof TrafficSourceView>;

export const TrafficRemarkView = Type.Object({
  kind: Type.Enum(['unsupported', 'overlap', 'shadowed', 'unknown-group', 'no-members', 'broad', 'out-of-reach']),
  source: TrafficSourceView,
  message: Type.String(),
});
export type TrafficRemarkView = Static<typeof TrafficRemarkView>;

export const FlowRecordingView = Type.Object({
  host: Type.String(),
  from: Time,
  to: Type.Union([Time], { description: 'The last look' }),
  overflowed: Type.Boolean({ description: 'There were more kinds of connections than are told apart' }),
});
export type FlowRecordingView = Static<typeof FlowRecordingView>;

export const GroupView = Type.Object({
  name: Type.String(),
  mode: Mode,
  isDefault: Type.Boolean({ description: 'It has what no other group has' }),
  isBuiltIn: Type.Boolean({ description: 'Nobody wrote it: observes what no group has' }),
  members: Type.Integer({ description: 'Containers' }),
  hosts: Type.Array(Type.Object({ host: Type.String(), members: Type.Integer() })),
  rules: Type.Object({ inbound: Type.Integer(), outbound: Type.Integer() }),
  remarks: Type.Array(TrafficRemarkView),
  lastDay: Attempts,
  appliedAt: Nullable(Time),
  appliedBy: Nullable(Type.String()),
});
export type GroupView = Static<typeof GroupView>;

const DenyListView = Type.Object({
  name: Type.String(),
  blocks: Type.Integer({ description: 'The fewest that have all its addresses' }),
  fetchedAt: Nullable(Time),
  isStale: Type.Boolean({ description: 'Its source could not be read when it was due: the addresses are older' }),
  problem: Nullable(Type.String()),
});
export type DenyListView = Static<typeof DenyListView>;

export const GroupList = Type.Object({
  items: Type.Array(GroupView, { description: 'By name' }),
  total: Type.Integer(),
  denyLists: Type.Array(DenyListView),
  ungrouped: Type.Integer({ description: 'Containers that no group has but the default' }),
  outOfReach: Type.Integer({ description: 'Containers with traffic that no rule holds for' }),
});
export type GroupList = Static<typeof GroupList>;

export const GroupMember = Type.Object({
  host: Type.String(),
  engine: Engine,
  id: Type.String(),
  name: Type.String(),
  image: Type.String(),
  addresses: Type.Array(Type.String()),
  groups: Type.Array(Type.String(), { description: 'All that have it' }),
  mode: Mode,
  outOfReach: Type.Array(Type.String(), { description: 'For which of its traffic no rule holds, and what to do' }),
});
export type GroupMember = Static<typeof GroupMember>;

/** `group:shop-web`, `addresses:10.0.0.0/8`, `addresses:dns`, `name:api.example.com`, `host:server-1`. */
const NodeId = Type.String({
  description: 'group:NAME, addresses:BLOCKS, addresses:SERVICE, name:DNS-NAME or host:NAME',
});

/** All connections from one node of the map to another. */
export const GroupEdge = Type.Object({
  id: Type.String({ description: 'The same for the same two nodes' }),
  from: NodeId,
  to: NodeId,
  connections: Connections,
  isPartial: Type.Boolean({ description: 'Not each member of one reaches each of the other so' }),
  sources: Type.Array(TrafficSourceView, { description: 'The rules that let it pass' }),
  attempts: Attempts,
});
export type GroupEdge = Static<typeof GroupEdge>;

export const GroupNode = Type.Object({
  id: NodeId,
  kind: Type.Enum(['group', 'addresses', 'name', 'host']),
  name: Type.String({ description: 'For a person: of all addresses `anywhere`' }),
  mode: Nullable(Mode),
  isDefault: Type.Boolean(),
  members: Nullable(Type.Integer()),
  project: Nullable(Type.String({ description: 'Compose project that all its members are of' })),
  attempts: Type.Union([Attempts], { description: 'Of which it was one end' }),
});
export type GroupNode = Static<typeof GroupNode>;

/** An edge with connections `none` was tried and refused: nothing lets it pass. */
export const GroupMap = Type.Object({
  nodes: Type.Array(GroupNode),
  edges: Type.Array(GroupEdge),
  more: Type.Integer({ description: 'Edges that are left out, those without attempts first' }),
  since: Type.Union([Time], { description: 'From when on attempts are counted' }),
  recordings: Type.Array(FlowRecordingView),
});
export type GroupMap = Static<typeof GroupMap>;
export const GroupMapQuery = Type.Object({
  host: Type.Optional(HostName),
  since: Since,
});
export type GroupMapQuery = Static<typeof GroupMapQuery>;

export const GroupRule = Type.Object({
  path: Type.String({ description: 'inbound[0]' }),
  direction: Type.Enum(['inbound', 'outbound']),
  peers: Type.Array(Type.String()),
  connections: Connections,
  description: Nullable(Type.String()),
  lastDay: Type.Union([Attempts], { description: 'Of connections that it lets pass' }),
  lastSeen: Nullable(Time),
});
export type GroupRule = Static<typeof GroupRule>;

export const GroupDetail = Type.Object({
  ...GroupView.properties,
  text: Nullable(Type.String({ description: 'The document as YAML' })),
  rulesInForce: Type.Array(GroupRule),
  containers: Type.Array(GroupMember),
  moreContainers: Type.Integer({ description: 'Members that are not listed' }),
  edges: Type.Array(GroupEdge, { description: 'That begin or end at it' }),
  nodes: Type.Array(GroupNode, { description: 'The ends of its edges' }),
});
export type GroupDetail = Static<typeof GroupDetail>;

const FlowContainerView = Type.Object({
  engine: Engine,
  id: Type.String(),
  name: Type.String(),
  groups: Type.Array(Type.String()),
});
export const FlowPeerView = Type.Object({
  kind: Type.Enum(['container', 'address', 'host', 'others'], {
    description: 'others: addresses beyond those that are told apart',
  }),
  container: Nullable(FlowContainerView),
  address: Nullable(Type.String()),
  name: Nullable(Type.String({ description: 'DNS name that led to the address' })),
});
export type FlowPeerView = Static<typeof FlowPeerView>;

/** Connections of one kind, counted. */
export const FlowView = Type.Object({
  host: Type.String(),
  container: FlowContainerView,
  direction: Type.Enum(['inbound', 'outbound']),
  peer: FlowPeerView,
  protocol: Protocol,
  port: Type.Integer({ description: "The destination's; of ICMP the type" }),
  outcome: Outcome,
  listed: Nullable(Type.String({ description: 'Deny list that has the peer' })),
  first: Time,
  last: Time,
  attempts: Type.Integer(),
  edge: Nullable(Type.String({ description: 'ID of its edge in the map' })),
});
export type FlowView = Static<typeof FlowView>;

export const FlowQuery = Type.Object({
  group: Type.Optional(GroupName),
  container: Type.Optional(Type.String({ minLength: 1, maxLength: 300, description: 'Name, or the start of its ID' })),
  host: Type.Optional(HostName),
  outcome: Type.Optional(Outcome),
  since: Since,
  new: Type.Optional(Type.Boolean({ description: 'Seen for the first time since then; without `since`, today' })),
  edge: Type.Optional(Type.String({ maxLength: 2000, description: 'ID of an edge of the map' })),
  ...PageQuery,
});
export type FlowQuery = Static<typeof FlowQuery>;
export const FlowPage = Type.Object({
  ...Page(FlowView).properties,
  recordings: Type.Array(FlowRecordingView, { description: 'What was not seen in that time may still happen' }),
});
export type FlowPage = Static<typeof FlowPage>;

const EventKind = Type.Enum(['new-peer', 'listed', 'refused', 'spoofed', 'foreign-change']);
export const TrafficEventView = Type.Object({
  at: Time,
  kind: EventKind,
  host: Type.String(),
  message: Type.String(),
  flow: Nullable(FlowView),
});
export type TrafficEventView = Static<typeof TrafficEventView>;
export const TrafficEventQuery = Type.Object({
  kind: Type.Optional(EventKind),
  host: Type.Optional(HostName),
  since: Since,
  ...PageQuery,
});
export type TrafficEventQuery = Static<typeof TrafficEventQuery>;
export const TrafficEventPage = Page(TrafficEventView);
export type TrafficEventPage = Static<typeof TrafficEventPage>;

/** An edge of the map that a plan would add or take away; both ends with what stands on them. */
export const PlannedEdge = Type.Object({
  id: Type.String({ description: 'ID of its edge in the map' }),
  from: GroupNode,
  to: GroupNode,
  connections: Connections,
  sources: Type.Array(TrafficSourceView, { description: 'The rules that open it, or that let it pass until now' }),
});
export type PlannedEdge = Static<typeof PlannedEdge>;

/** What putting documents in force would open and close; nothing is changed by asking. */
export const GroupPlan = Type.Object({
  changes: Type.Array(DocumentChange),
  opened: Type.Array(PlannedEdge),
  closed: Type.Array(PlannedEdge),
  moreEdges: Type.Integer({ description: 'Opened and closed edges that are not listed' }),
  broken: Type.Array(FlowView, { description: 'Recorded connections that were let pass and would be refused' }),
  moreBroken: Type.Integer(),
  recordings: Type.Array(FlowRecordingView, { description: 'What was not seen in that time may still break' }),
  remarks: Type.Array(TrafficRemarkView),
});
export type GroupPlan = Static<typeof GroupPlan>;

export const ExplainConnectionQuery = Type.Object({
  from: Type.String({ minLength: 1, maxLength: 300, description: 'Container, group or address' }),
  to: Type.String({ minLength: 1, maxLength: 300, description: 'Container, group, address or DNS name' }),
  protocol: Type.Optional(Protocol),
  port: Type.Integer({ minimum: 0, maximum: 65535 }),
});
export type ExplainConnectionQuery = Static<typeof ExplainConnectionQuery>;
/** How one connection fares, and by what. */
export const ConnectionExplanation = Type.Object({
  from: Type.String(),
  to: Type.String(),
  protocol: Protocol,
  port: Type.Integer(),
  outcome: Outcome,
  refusedBy: Nullable(Type.Enum(['outbound', 'inbound'])),
  outbound: Nullable(TrafficSourceView),
  inbound: Nullable(TrafficSourceView),
  message: Type.String({ description: 'For a person' }),
});
export type ConnectionExplanation = Static<typeof ConnectionExplanation>;

export const SuggestGroupsQuery = Type.Object({
  host: Type.Optional(HostName),
  project: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Compose project' })),
  since: Since,
});
export type SuggestGroupsQuery = Static<typeof SuggestGroupsQuery>;
/** Groups as recorded connections would have them, for a person to cut down. */
export const GroupDraft = Type.Object({
  text: Type.String({ description: 'SecurityGroup documents as YAML, in mode observe' }),
  groups: Type.Integer(),
  flows: Type.Integer({ description: 'From how many kinds of connections they were learned' }),
  recordings: Type.Array(FlowRecordingView),
  remarks: Type.Array(Type.String({ description: 'What a person should look at first' })),
});
export type GroupDraft = Static<typeof GroupDraft>;

/** What holds on a host. */
export const NetworkView = Type.Object({
  host: Type.String(),
  state: Type.Enum(['in-force', 'idle', 'off', 'failed', 'unknown'], {
    description: 'idle: there are no groups; off: switched off; unknown: its agent has not said for a while',
  }),
  message: Nullable(Type.String({ description: 'What is wrong and what to do' })),
  at: Nullable(Type.Union([Time], { description: 'When its agent said so' })),
  containers: Type.Integer(),
  waiting: Type.Integer({ description: 'Containers that are closed until the agent knows their place' }),
  bridges: Type.Array(
    Type.Object({ bridge: Type.String(), network: Type.String(), engine: Engine, subnets: Type.Array(Type.String()) }),
  ),
  outOfReach: Type.Array(
    Type.Object({
      engine: Engine,
      id: Type.String(),
      name: Type.String(),
      driver: Type.String(),
      network: Type.String(),
      message: Type.String(),
    }),
  ),
  recording: Nullable(FlowRecordingView),
});
export type NetworkView = Static<typeof NetworkView>;
export const NetworkList = Type.Object({ items: Type.Array(NetworkView) });
export type NetworkList = Static<typeof NetworkList>;
