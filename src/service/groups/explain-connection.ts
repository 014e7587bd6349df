import {
  describePort,
  type TrafficEndpoint,
  type TrafficModel,
  type TrafficProtocol,
  type TrafficSource,
} from '../../model/index.ts';
import type { ConnectionExplanation, ExplainConnectionQuery } from '../../model/wire/index.ts';
import { explainConnection as explainInModel, findParties, type NamedParty } from '../../segmentation/index.ts';
import { ServiceError } from '../service-error.ts';
import { groupNodes } from './traffic-nodes.ts';
import { sourceView } from './view-traffic.ts';

export interface NamedModel {
  /** For a person: the host, or the folder. */
  readonly name: string;
  readonly model: TrafficModel;
}

interface NamedEnd {
  readonly name: string;
  readonly party: NamedParty;
}

/**
 * How a connection would fare, and by what. An end is a container (by name, or the start of its ID), a group (any member of it
 * stands for all), an address, or a DNS name. Throws ServiceError `bad-query`, `ambiguous-container`.
 */
export function explainConnection(models: readonly NamedModel[], query: ExplainConnectionQuery): ConnectionExplanation {
  const { port, protocol = 'tcp' } = query;
  if (port > (protocol === 'icmp' ? 255 : 65_535)) throw badEnd(`${protocol} ${port}`, 'there is no such port');
  const { model, from, to } = placeEnds(models, query.from, query.to);
  if (from.party.kind === 'name') {
    throw badEnd(query.from, 'a DNS name says where connections lead, not where they come from');
  }
  const answer = explainInModel(model, { from: from.party, to: to.party, protocol, port });
  const { outcome, observed, refusedBy, outbound, inbound } = answer;
  const source = (found: TrafficSource | undefined) => (found ? sourceView(found) : null);
  const deciding = refusedBy === undefined ? [outbound, inbound] : [answer[refusedBy]];
  const messages = deciding.flatMap((end) => (end ? [end.message] : []));
  return {
    from: from.name,
    to: to.name,
    protocol,
    port,
    outcome: observed ? 'observed' : outcome,
    refusedBy: refusedBy ?? null,
    outbound: source(outbound?.source),
    inbound: source(inbound?.source),
    message: `${verdictOf(from, to, protocol, port, observed ? 'observed' : outcome)}${messages.length > 0 ? `: ${messages.join('; ')}` : ''}`,
  };
}

const words = {
  allowed: 'passes',
  refused: 'is refused',
  observed: 'passes, and would be refused if its groups enforced',
} as const;

function verdictOf(
  from: NamedEnd,
  to: NamedEnd,
  protocol: TrafficProtocol,
  port: number,
  outcome: keyof typeof words,
): string {
  return `${from.name} to ${to.name} over ${describePort({ protocol, port })} ${words[outcome]}`;
}

/** Both ends in one model: that of a host where either of them is a container. */
function placeEnds(models: readonly NamedModel[], fromText: string, toText: string) {
  const placed = models.map(({ name, model }) => ({
    name,
    model,
    from: endsNamed(model, fromText),
    to: endsNamed(model, toText),
  }));
  const isInside = ({ party }: NamedEnd) => party.kind === 'endpoint';
  const known = placed.filter(({ from, to }) => from.length > 0 && to.length > 0);
  const inside = known.filter(({ from, to }) => from.some(isInside) && to.some(isInside)).slice(0, 2);
  const [one, other] = inside.length > 0 ? inside : known.filter(({ from, to }) => [...from, ...to].some(isInside));
  if (one && other) {
    throw new ServiceError(
      'ambiguous-container',
      `"${fromText}" and "${toText}" are on ${one.name} and on ${other.name}`,
      {
        remedy: 'give the start of a container ID',
      },
    );
  }
  if (!one) {
    for (const text of [fromText, toText]) {
      if (placed.every(({ from, to }) => (text === fromText ? from : to).length === 0)) {
        throw badEnd(text, 'it is no container that runs, no group that has one, no address and no DNS name');
      }
    }
    throw badEnd(
      `${fromText}" and "${toText}`,
      'no host has both, and neither of them is a container or a group that has one',
    );
  }
  return { model: one.model, from: single(one.from, fromText), to: single(one.to, toText) };
}

function single(ends: readonly NamedEnd[], text: string): NamedEnd {
  const [one, ...others] = ends;
  if (!one) throw badEnd(text, 'it is not on that host');
  if (others.length === 0) return one;
  const names = ends
    .slice(0, 5)
    .map(({ name, party }) => (party.kind === 'endpoint' ? `${name} (${shortId(party.endpoint)})` : name));
  throw new ServiceError('ambiguous-container', `"${text}" is more than one: ${names.join(', ')}`, {
    remedy: 'give the start of its ID',
  });
}

function endsNamed(model: TrafficModel, text: string): readonly NamedEnd[] {
  const isId = /^[0-9a-f]{4,64}$/.test(text);
  const byId = isId ? model.endpoints.filter(({ id }) => id.slice(id.indexOf(':') + 1).startsWith(text)) : [];
  if (byId.length > 0) return byId.map(endpointEnd);
  const inside = findParties(model, text).filter((party) => party.kind === 'endpoint');
  if (inside.length > 0) return inside.map(({ endpoint }) => endpointEnd(endpoint));
  const workloads = model.endpoints.filter(({ name }) => isWorkload(name, text));
  if (workloads.length > 0) return workloads.map(endpointEnd);
  const group = text.startsWith('group:') ? text.slice('group:'.length) : text;
  const member = model.endpoints.find(({ groups }) => groupNodes(groups).some(({ name }) => name === group));
  if (member && (member.groups.length > 0 || text !== group)) {
    return [{ name: `${member.name} of group ${group}`, party: { kind: 'endpoint', endpoint: member } }];
  }
  return findParties(model, text).map((party) => ({ name: text, party }));
}

/** `web` and `shop/web` mean `shop/web[Deployment]`. */
function isWorkload(name: string, text: string): boolean {
  const bracket = name.indexOf('[');
  if (bracket < 0) return false;
  const plain = name.slice(0, bracket);
  return plain === text || plain.slice(plain.indexOf('/') + 1) === text;
}

function endpointEnd(endpoint: TrafficEndpoint): NamedEnd {
  return { name: endpoint.name, party: { kind: 'endpoint', endpoint } };
}

function shortId({ id }: TrafficEndpoint): string {
  return id.slice(id.indexOf(':') + 1, id.indexOf(':') + 13);
}

function badEnd(text: string, why: string): ServiceError {
  return new ServiceError('bad-query', `"${text}" cannot be asked about: ${why}`, {
    remedy: 'portwarden groups list shows groups, portwarden containers shows containers',
  });
}
