import {
  describeConnections,
  describePort,
  type TrafficEndpoint,
  type TrafficModel,
  type TrafficProtocol,
  type TrafficSource,
} from '../../model/index.ts';
import type { NamedParty } from './find-parties.ts';
import { type NearRules, nearRules } from './near-rules.ts';
import { createPartyJudge, type JudgedEnd, type JudgedParty, type PartyJudge } from './party-judge.ts';
import { answerOf } from './traffic-judge.ts';

export interface ExplainedEnd {
  /** Whose table was asked. */
  readonly endpoint: TrafficEndpoint;
  readonly action: 'allow' | 'deny';
  /** The tier that decided; absent where the table had none left to ask. */
  readonly tier?: string;
  /** The rule that decided; absent where none fits, and the tier says so of all others. */
  readonly source?: TrafficSource;
  /** The endpoint observes: what is refused passes. */
  readonly observes: boolean;
  /** Where no rule fits: those that would have to be widened. */
  readonly near?: NearRules;
  /** One sentence, for a person. */
  readonly message: string;
}

export interface ConnectionExplanation {
  readonly outcome: 'allowed' | 'refused';
  readonly refusedBy?: 'outbound' | 'inbound';
  /** It passes only because an endpoint that refuses it is in mode observe. */
  readonly observed: boolean;
  /** Absent where that end is outside: it has no table. */
  readonly outbound?: ExplainedEnd;
  readonly inbound?: ExplainedEnd;
}

export interface ExplainedConnection {
  readonly from: NamedParty;
  readonly to: NamedParty;
  readonly protocol: TrafficProtocol;
  /** Of ICMP the type. */
  readonly port: number;
}

/**
 * Why a connection passes, or not: for both ends the decision that decided, and for a refusal that no rule makes the nearest
 * rules. Both parties are of this model (`findParties`). Takes time in proportion to the model; for many questions there is
 * `createTrafficJudge`.
 */
export function explainConnection(model: TrafficModel, connection: ExplainedConnection): ConnectionExplanation {
  const judge = createPartyJudge(model);
  const { from, to, protocol, port } = connection;
  const [source, destination] = [partyOf(judge, from), partyOf(judge, to)];
  if (source === undefined || destination === undefined) return { outcome: 'refused', observed: false };
  const outbound = judge.endOf(source, destination, 'outbound', protocol, port);
  const inbound = judge.endOf(destination, source, 'inbound', protocol, port);
  const { outcome, observed, refusedBy } = answerOf(outbound, inbound);
  const explain = (end: JudgedEnd, direction: 'outbound' | 'inbound', peer: NamedParty): ExplainedEnd =>
    explainedEnd(model, end, direction, peer, connection);
  return {
    outcome,
    observed,
    ...(refusedBy === undefined ? {} : { refusedBy }),
    ...(outbound === undefined ? {} : { outbound: explain(outbound, 'outbound', to) }),
    ...(inbound === undefined ? {} : { inbound: explain(inbound, 'inbound', from) }),
  };
}

function partyOf(judge: PartyJudge, party: NamedParty): JudgedParty | undefined {
  if (party.kind === 'endpoint') return judge.endpointParty(party.endpoint);
  if (party.kind === 'name') return judge.nameParty(party.name);
  return judge.partiesAt(party.address, party.name)[0];
}

function explainedEnd(
  model: TrafficModel,
  { endpoint, answer }: JudgedEnd,
  direction: 'outbound' | 'inbound',
  peer: NamedParty,
  { protocol, port }: ExplainedConnection,
): ExplainedEnd {
  const action = answer?.action ?? 'deny';
  const source = answer?.decision?.source;
  const observes = endpoint.mode === 'observe';
  const table = model.tables[endpoint[direction]];
  const near =
    action === 'deny' && source === undefined && table !== undefined
      ? nearRules(model, table, peer, protocol, port)
      : undefined;
  const what = `${direction === 'outbound' ? 'to' : 'from'} ${nameOf(peer)} over ${describePort({ protocol, port })}`;
  const verb = action === 'allow' ? 'lets' : observes ? 'would refuse, and lets while it observes,' : 'refuses';
  const why = source === undefined ? unlisted(answer?.tier?.name, action) : `by ${nameOfSource(source)}`;
  return {
    endpoint,
    action,
    observes,
    ...(answer?.tier === undefined ? {} : { tier: answer.tier.name }),
    ...(source === undefined ? {} : { source }),
    ...(near === undefined ? {} : { near }),
    message: `${endpoint.name} ${verb} ${direction} ${what}, ${why}${near === undefined ? '' : nearest(near)}`,
  };
}

function unlisted(tier: string | undefined, action: 'allow' | 'deny'): string {
  if (action === 'allow') return `as no rule of ${tier} speaks of it`;
  return tier === undefined ? 'as no rule speaks of it' : `as no rule of ${tier} lets it`;
}

function nearest({ otherConnections, otherPeers }: NearRules): string {
  const rules = [
    ...(otherConnections === undefined
      ? []
      : [
          `${nameOfSource(otherConnections.source)} lets this peer over ${describeConnections(otherConnections.connections)}`,
        ]),
    ...(otherPeers === undefined ? [] : [`${nameOfSource(otherPeers.source)} lets other peers over that port`]),
  ];
  return rules.length === 0 ? '' : `; nearest: ${rules.join('; ')}`;
}

function nameOfSource({ document, path, at }: TrafficSource): string {
  return `${document} ${path}${at === undefined ? '' : ` (${at})`}`;
}

function nameOf(party: NamedParty): string {
  if (party.kind === 'endpoint') return party.endpoint.name;
  if (party.kind === 'name') return party.name;
  return party.name === undefined ? party.address : `${party.name} (${party.address})`;
}
