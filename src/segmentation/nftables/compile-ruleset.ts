import { addressesOf, formatAddress, parseAddress, parseCidr } from '../../base/index.ts';
import type { HostNetwork, NetworkedContainer, TrafficEndpoint, TrafficModel } from '../../model/index.ts';
import { formatIntervals } from './address-elements.ts';
import { compilePortSecurity } from './compile-port-security.ts';
import { createTableCompiler } from './compile-table.ts';
import type { IpVersion } from './connection-matches.ts';
import { draftFilter } from './filter-chains.ts';
import { findResolved } from './find-resolved.ts';
import { quoteInterface } from './identifiers.ts';
import { createRuleset, type Ruleset } from './ruleset.ts';

export interface RulesetInput {
  readonly model: TrafficModel;
  /** Those of this host. Endpoints of the model that are none of them are left out: they are elsewhere. */
  readonly containers: readonly NetworkedContainer[];
  readonly network: HostNetwork;
  /** Where names are resolved for containers that rules by name or the service `dns` are for, on every bridge's gateway. */
  readonly resolver?: { readonly port: number };
}

/**
 * The ruleset of a host: pure, and equal for equal input whatever its order. What cannot be written (a name of an interface
 * that is none, an address that two endpoints have) is left out, and so closed.
 *
 * The cost of a packet does not grow with groups or containers: two look-ups find the tables of its ends.
 */
export function compileRuleset({ model, containers, network, resolver }: RulesetInput): Ruleset {
  const draft = draftFilter({ resolverPort: resolver?.port });
  const tables = createTableCompiler(model, draft);
  const here = new Map(containers.map((container) => [`${container.engine}:${container.containerId}`, container]));
  const bound: { readonly container: NetworkedContainer; readonly observing: boolean }[] = [];
  const endpoints: { readonly endpoint: TrafficEndpoint; readonly addresses: readonly KnownAddress[] }[] = [];
  const taken = new Map<string, number>();
  for (const endpoint of model.endpoints) {
    const container = here.get(endpoint.id);
    if (container === undefined) continue;
    bound.push({ container, observing: endpoint.mode === 'observe' });
    const addresses = endpoint.addresses.flatMap((text) => readAddress(text) ?? []);
    for (const { text } of addresses) taken.set(text, (taken.get(text) ?? 0) + 1);
    endpoints.push({ endpoint, addresses });
  }

  const senders = { 4: new Map<string, string>(), 6: new Map<string, string>() };
  const receivers = { 4: new Map<string, string>(), 6: new Map<string, string>() };
  const observing = { 4: new Set<string>(), 6: new Set<string>() };
  const resolved = { 4: new Set<string>(), 6: new Set<string>() };
  const asksResolver = findResolved(model, network);
  for (const { endpoint, addresses } of endpoints) {
    for (const { text, version } of addresses) {
      if (taken.get(text) !== 1) continue;
      senders[version].set(text, tables.verdictOf(endpoint.outbound, version));
      receivers[version].set(text, tables.verdictOf(endpoint.inbound, version));
      if (endpoint.mode === 'observe') observing[version].add(text);
      if (resolver !== undefined && asksResolver(endpoint.outbound)) resolved[version].add(text);
    }
  }

  const byId = new Map(endpoints.map((entry) => [entry.endpoint, entry.addresses]));
  for (const [set, { name, version }] of tables.populations) {
    const members = new Set<string>();
    for (const index of model.populations.get(name) ?? []) {
      const endpoint = model.endpoints[index];
      for (const address of (endpoint && byId.get(endpoint)) ?? [])
        if (address.version === version && taken.get(address.text) === 1) members.add(address.text);
    }
    draft.set(set, `type ipv${version}_addr`, members);
  }
  const bridges = bridgesOf(network, containers);
  const subnets = addressesOf(
    network.bridges.flatMap(({ subnets }) => subnets.flatMap((text) => parseCidr(text) ?? [])),
  );
  const own = addressesOf([
    ...network.bridges.flatMap(({ gateways }) => gateways.flatMap((text) => parseCidr(text) ?? [])),
    ...(network.services.get('host') ?? []).flatMap(({ addresses }) => parseCidr(addresses) ?? []),
  ]);
  draft.set('bridges', 'type ifname', bridges);
  for (const version of [4, 6] as const) {
    const type = `type ipv${version}_addr`;
    draft.map(`src${version}`, type, senders[version]);
    draft.map(`dst${version}`, type, receivers[version]);
    draft.set(`observing${version}`, type, observing[version]);
    draft.set(`subnets${version}`, type, formatIntervals(subnets, version), 'interval');
    draft.set(`host${version}`, type, formatIntervals(own, version), 'interval');
    if (resolver !== undefined) draft.set(`resolved${version}`, type, resolved[version]);
  }
  return createRuleset([draft.finish(), ...compilePortSecurity(bridges, bound)]);
}

interface KnownAddress {
  readonly text: string;
  readonly version: IpVersion;
}

const knownAddresses = new Map<string, KnownAddress>();

/** Remembers the last many thousand: of ten thousand containers all but one are those of the compilation before. */
function readAddress(text: string): KnownAddress | undefined {
  const known = knownAddresses.get(text);
  if (known !== undefined) return known;
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const read: KnownAddress = { text: formatAddress(address), version: address.family };
  if (knownAddresses.size >= 100_000) knownAddresses.clear();
  knownAddresses.set(text, read);
  return read;
}

function bridgesOf(network: HostNetwork, containers: readonly NetworkedContainer[]): readonly string[] {
  const names = new Set<string>();
  for (const { bridge } of network.bridges) names.add(bridge);
  for (const { attachments } of containers) for (const { bridge } of attachments) names.add(bridge);
  return [...names].sort().flatMap((name) => quoteInterface(name) ?? []);
}
