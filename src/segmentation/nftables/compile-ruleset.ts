import { addressesOf, parseCidr } from '../../base/index.ts';
import type { HostNetwork, NetworkedContainer, TrafficEndpoint, TrafficModel } from '../../model/index.ts';
import { createTextFinder } from '../common-texts.ts';
import { endpointIdOf } from '../endpoint-id.ts';
import { type ReadAddress, readAddresses } from '../read-addresses.ts';
import { remember } from '../remember.ts';
import { formatIntervals } from './address-elements.ts';
import { compilePortSecurity } from './compile-port-security.ts';
import { createTableCompiler } from './compile-table.ts';
import type { IpVersion } from './connection-matches.ts';
import { draftFilter } from './filter-chains.ts';
import { findResolved } from './find-resolved.ts';
import { quoteInterface } from './identifiers.ts';
import { createRuleset, type ElementPart, type Ruleset } from './ruleset.ts';

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
  const here = indexContainers(containers);
  const bound: { readonly container: NetworkedContainer; readonly observing: boolean }[] = [];
  const isHere = model.endpoints.map((endpoint) => {
    const container = here(endpoint.id);
    if (container !== undefined) bound.push({ container, observing: endpoint.mode === 'observe' });
    return container !== undefined;
  });
  // An address that two of them have is nobody's.
  const shared = sharedAddresses(model.endpoints.filter((_, index) => isHere[index]));
  const addresses = model.endpoints.map((endpoint, index): readonly KnownAddress[] => {
    const known = isHere[index] ? knownAddresses(endpoint.addresses) : [];
    return shared.size === 0 ? known : known.filter(({ text }) => !shared.has(text));
  });

  const parts = { src: bothVersions(), dst: bothVersions(), observing: bothVersions(), resolved: bothVersions() };
  const asksResolver = findResolved(model, network);
  model.endpoints.forEach((endpoint, index) => {
    for (const address of addresses[index] ?? []) {
      const { version, alone } = address;
      parts.src[version].push(address.leadingOut(tables.verdictOf(endpoint.outbound, version)));
      parts.dst[version].push(address.leadingIn(tables.verdictOf(endpoint.inbound, version)));
      if (endpoint.mode === 'observe') parts.observing[version].push(alone);
      if (resolver !== undefined && asksResolver(endpoint.outbound)) parts.resolved[version].push(alone);
    }
  });
  for (const [set, { name, version }] of tables.populations) {
    const members: ElementPart[] = [];
    for (const index of model.populations.get(name) ?? [])
      for (const address of addresses[index] ?? []) if (address.version === version) members.push(address.alone);
    draft.parts('set', set, `type ipv${version}_addr`, members);
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
    draft.parts('map', `src${version}`, type, parts.src[version]);
    draft.parts('map', `dst${version}`, type, parts.dst[version]);
    draft.parts('set', `observing${version}`, type, parts.observing[version]);
    draft.set(`subnets${version}`, type, formatIntervals(subnets, version), 'interval');
    draft.set(`host${version}`, type, formatIntervals(own, version), 'interval');
    if (resolver !== undefined) draft.parts('set', `resolved${version}`, type, parts.resolved[version]);
  }
  return createRuleset([draft.finish(), ...compilePortSecurity(bridges, bound)]);
}

/** An address of an endpoint, with what the kernel has of it; the same thing as long as nothing of it changes. */
class KnownAddress {
  readonly text: string;
  readonly version: IpVersion;
  /** As it stands in a set. */
  readonly alone: ElementPart;
  #out: ElementPart;
  #into: ElementPart;

  constructor({ text, family }: ReadAddress) {
    this.text = text;
    this.version = family;
    this.alone = { keys: [text], verdict: '' };
    this.#out = this.alone;
    this.#into = this.alone;
  }

  /** As it stands in the map of senders. */
  leadingOut(verdict: string): ElementPart {
    if (this.#out.verdict !== verdict) this.#out = { keys: this.alone.keys, verdict };
    return this.#out;
  }

  /** As it stands in the map of receivers. */
  leadingIn(verdict: string): ElementPart {
    if (this.#into.verdict !== verdict) this.#into = { keys: this.alone.keys, verdict };
    return this.#into;
  }
}

const knownAddresses = remember((addresses: readonly string[]) =>
  readAddresses(addresses).map((address) => new KnownAddress(address)),
);

/** Looks them up by endpoint; those in the order of endpoints are found without an index. */
function indexContainers(containers: readonly NetworkedContainer[]): (id: string) => NetworkedContainer | undefined {
  let next = 0;
  let byId: ReadonlyMap<string, NetworkedContainer> | undefined;
  return (id) => {
    const likely = containers[next];
    if (likely !== undefined && endpointIdOf(likely) === id) {
      next++;
      return likely;
    }
    byId ??= new Map(containers.map((container) => [endpointIdOf(container), container]));
    return byId.get(id);
  };
}

const sharedAddresses = createTextFinder(2, ({ addresses }: TrafficEndpoint) =>
  knownAddresses(addresses).map(({ text }) => text),
);

function bothVersions(): Readonly<Record<IpVersion, ElementPart[]>> {
  return { 4: [], 6: [] };
}

function bridgesOf(network: HostNetwork, containers: readonly NetworkedContainer[]): readonly string[] {
  const names = new Set([...network.bridges.map(({ bridge }) => bridge), ...bridgesOfContainers(containers)]);
  return [...names].sort().flatMap((name) => quoteInterface(name) ?? []);
}

const bridgesOfContainers = createTextFinder(1, ({ attachments }: NetworkedContainer) => [
  ...new Set(attachments.map(({ bridge }) => bridge)),
]);
