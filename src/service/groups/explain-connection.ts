import { parseAddress } from '../../base/index.ts';
import type { NetworkedContainer, TrafficEndpoint, TrafficProtocol } from '../../model/index.ts';
import type { ConnectionExplanation, ExplainConnectionQuery } from '../../model/wire/index.ts';
import { createTrafficJudge } from '../../segmentation/index.ts';
import { ServiceError } from '../service-error.ts';
import { groupNodes } from './traffic-nodes.ts';
import type { HostTraffic, TrafficScene } from './traffic-scene.ts';
import { sourceView } from './view-traffic.ts';

/** One end of a connection, as somebody named it. */
interface NamedEnd {
  readonly name: string;
  readonly address: string;
  readonly host?: HostTraffic;
  readonly dnsName?: string;
}

/**
 * How a connection would fare, and by what. An end is a container (by name, or the start of its ID), a group (any member of it
 * stands for all), an address, or a DNS name. Throws ServiceError `bad-query`, `ambiguous-container`.
 */
export function explainConnection(scene: TrafficScene, query: ExplainConnectionQuery): ConnectionExplanation {
  const { port, protocol = 'tcp' } = query;
  const from = endOf(scene, query.from, undefined);
  const to = endOf(scene, query.to, from.host);
  if (from.dnsName !== undefined) throw badEnd(query.from, 'a name says where connections lead, not where they come from');
  const host = from.host ?? to.host;
  if (!host) throw badEnd(`${query.from} and ${query.to}`, 'neither of them is a container or a group that has one');
  const answer = createTrafficJudge(host.model).judge({
    source: from.address,
    destination: to.address,
    protocol,
    port,
    ...(to.dnsName === undefined ? {} : { destinationName: to.dnsName }),
  });
  return {
    from: from.name,
    to: to.name,
    protocol,
    port,
    outcome: answer.observed ? 'observed' : answer.outcome,
    refusedBy: answer.refusedBy ?? null,
    outbound: answer.outbound ? sourceView(answer.outbound) : null,
    inbound: answer.inbound ? sourceView(answer.inbound) : null,
    message: describe(from, to, protocol, port, answer),
  };
}

function describe(
  from: NamedEnd,
  to: NamedEnd,
  protocol: TrafficProtocol,
  port: number,
  answer: ReturnType<ReturnType<typeof createTrafficJudge>['judge']>,
): string {
  const what = `${from.name} to ${to.name} over ${protocol} ${port}`;
  const { outcome, observed, refusedBy, outbound, inbound } = answer;
  const by = [outbound, inbound].flatMap((source) => (source ? [`${source.document} ${source.path}`] : []));
  if (observed) return `${what} passes, and would be refused: its groups only observe`;
  if (outcome === 'allowed') return by.length > 0 ? `${what} passes by ${by.join(' and ')}` : `${what} passes`;
  const decider = refusedBy === 'outbound' ? outbound : inbound;
  const who = refusedBy === 'outbound' ? `${from.name} may not connect there` : `${to.name} does not let it in`;
  return `${what} is refused: ${who}, ${decider ? `by ${decider.document} ${decider.path}` : 'no rule lists it'}`;
}

function endOf(scene: TrafficScene, text: string, preferred: HostTraffic | undefined): NamedEnd {
  if (parseAddress(text)) {
    const host = scene.hosts.find(({ model }) => model.endpoints.some(({ addresses }) => addresses.includes(text)));
    return { name: text, address: text, ...(host ? { host } : {}) };
  }
  const hosts = preferred ? [preferred, ...scene.hosts.filter((host) => host !== preferred)] : scene.hosts;
  const found = hosts.flatMap((host) => endpointsNamed(host, text).map((endpoint) => ({ host, endpoint })));
  const here = preferred ? found.filter(({ host }) => host === preferred) : found;
  const candidates = here.length > 0 ? here : found;
  if (candidates.length > 1) {
    const names = candidates.slice(0, 5).map(({ host, endpoint }) => `${endpoint.name} (${idOf(endpoint)}) on ${host.host}`);
    throw new ServiceError('ambiguous-container', `"${text}" is more than one container: ${names.join(', ')}`, {
      remedy: 'give more of its ID',
    });
  }
  const [one] = candidates;
  if (one) return { name: one.endpoint.name, address: addressOf(one.endpoint), host: one.host };
  const group = text.startsWith('group:') ? text.slice('group:'.length) : text;
  for (const host of hosts) {
    const member = host.model.endpoints.find(
      ({ groups, addresses }) => addresses.length > 0 && groupNodes(groups).some(({ name }) => name === group),
    );
    if (member) return { name: `${member.name} of group ${group}`, address: addressOf(member), host };
  }
  if (/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+\.?$/i.test(text)) {
    // An address for documents (RFC 5737): only what rules say of the name counts.
    return { name: text, address: '192.0.2.0', dnsName: text.toLowerCase().replace(/\.$/, '') };
  }
  throw badEnd(text, 'no container that runs, no group that has one, no address and no DNS name');
}

function endpointsNamed({ model, report }: HostTraffic, text: string): readonly TrafficEndpoint[] {
  const named = model.endpoints.filter(({ name }) => name === text);
  if (named.length > 0) return named;
  const isId = /^[0-9a-f]{4,64}$/.test(text);
  const ids = new Set(
    report.containers
      .filter(({ containerId }: NetworkedContainer) => isId && containerId.startsWith(text))
      .map(({ engine, containerId }) => `${engine}:${containerId}`),
  );
  return model.endpoints.filter(({ id }) => ids.has(id));
}

function addressOf(endpoint: TrafficEndpoint): string {
  const [address] = endpoint.addresses;
  if (address === undefined) throw badEnd(endpoint.name, 'it has no address in a network that groups reach');
  return address;
}

function idOf({ id }: TrafficEndpoint): string {
  return id.slice(id.indexOf(':') + 1, id.indexOf(':') + 13);
}

function badEnd(text: string, why: string): ServiceError {
  return new ServiceError('bad-query', `"${text}" cannot be asked about: ${why}`, {
    remedy: 'portwarden groups list shows groups, portwarden containers shows containers',
  });
}
