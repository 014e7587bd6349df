import { type AddressSet, addressesOf, allAddresses, hasNoAddress, subtractAddresses } from '../../../base/index.ts';
import {
  allConnections,
  type ConnectionSet,
  equalConnections,
  hasNoConnection,
  intersectConnections,
  type NamedService,
  portProtocols,
  protectedServices,
  type TrafficProtocol,
  type TrafficRemark,
  type TrafficRule,
} from '../../../model/index.ts';
import { everyLabel } from '../label-selector.ts';
import { type ClusterPlace, withoutServices } from './cluster-services.ts';
import { joinSelectors } from './join-selectors.ts';
import { compileBlocks, countBlocks, type PolicyBlock } from './policy-blocks.ts';
import type { PodPeers } from './select-pods.ts';
import { writeSelector } from './write-selector.ts';

export type Direction = 'inbound' | 'outbound';

/** What rules are rendered by. */
export interface RuleScene {
  /** Pods that are surely members; undefined where there is no such group. */
  readonly membersOf: (group: string) => readonly PodPeers[] | undefined;
  readonly places: readonly ClusterPlace[];
  /** Pods of no service that is protected. */
  readonly unprotected: readonly PodPeers[];
  /** Addresses that no rule lets: those of deny lists, and those of Pods. */
  readonly holes: AddressSet;
  /** What of the holes must stand in each outbound rule; others are refused before. */
  readonly ownHoles: AddressSet;
  /** What an outbound rule does not mean by its blocks. */
  readonly avoided: (rule: TrafficRule) => AddressSet;
  readonly tell: (kind: TrafficRemark['kind'], path: string, message: string) => void;
}

/** A rule of a NetworkPolicy, as it is written there. */
export type WrittenRule = Readonly<Record<string, readonly unknown[]>>;

/** Blocks of one rule; a policy with more is larger than what a cluster keeps. */
const mostBlocks = 5000;

/** Those of a NetworkPolicy that together let what the rule lets, or less; what is less is told. */
export function renderRule(direction: Direction, rule: TrafficRule, scene: RuleScene): readonly WrittenRule[] {
  const draft = new RuleDraft(direction, rule, scene);
  for (const peer of rule.peers) {
    if (peer.kind === 'any') draft.addAny();
    else if (peer.kind === 'group') draft.addGroup(peer.group);
    else if (peer.kind === 'addresses') draft.addOutside(peer.addresses);
    else if (peer.kind === 'service') draft.addService(peer.service);
    else
      scene.tell(
        'unsupported',
        rule.path,
        `A NetworkPolicy knows no names: nothing is let to ${peer.name}, write its addresses`,
      );
  }
  return draft.write();
}

interface RuleSlot {
  /** Undefined: all of all protocols. */
  readonly ports: readonly object[] | undefined;
  readonly pods: Map<string, PodPeers>;
  readonly addresses: AddressSet[];
  isAnybody: boolean;
}

class RuleDraft {
  private readonly direction: Direction;
  private readonly rule: TrafficRule;
  private readonly scene: RuleScene;
  /** By what they may: connections with the same ports are one rule. */
  private readonly byPorts = new Map<string, RuleSlot>();
  private isIcmpTold = false;

  constructor(direction: Direction, rule: TrafficRule, scene: RuleScene) {
    this.direction = direction;
    this.rule = rule;
    this.scene = scene;
  }

  addAny(): void {
    const { holes, unprotected } = this.scene;
    const { connections } = this.rule;
    if (this.direction === 'inbound') {
      const slot = this.slot(connections);
      if (slot !== undefined && hasNoAddress(holes)) slot.isAnybody = true;
      this.addPods([everyPod], connections);
    } else this.addPods(unprotected, connections);
    this.addOutside(allAddresses);
  }

  addGroup(name: string): void {
    const { membersOf, unprotected } = this.scene;
    const members = membersOf(name);
    if (members === undefined) {
      this.tell('unknown-group', `There is no group ${name}: nobody is let ${this.way} it`);
      return;
    }
    const reached = this.direction === 'inbound' ? members : members.flatMap((one) => joinPods(one, unprotected));
    this.addPods(reached, this.rule.connections);
  }

  addOutside(addresses: AddressSet): void {
    const { connections } = this.rule;
    const meant = subtractAddresses(addresses, this.scene.avoided(this.rule));
    const parts =
      this.direction === 'inbound'
        ? [{ addresses, connections }]
        : withoutServices({ addresses: meant, connections }, this.scene.places);
    for (const part of parts) this.addAddresses(part.addresses, part.connections);
  }

  addService(service: NamedService): void {
    const places = this.scene.places.filter((place) => place.service === service);
    if (places.length === 0)
      this.tell('unsupported', `It is not known where ${service} is in this cluster: nothing is let ${this.way} it`);
    for (const { addresses, pods, connections } of places) {
      // A service that connects to a Pod does so from any port of its own.
      const both =
        this.direction === 'inbound' ? this.rule.connections : intersectConnections(this.rule.connections, connections);
      this.addPods(pods, both);
      // Who may reach the host may not reach the engine on it.
      const others = protectedServices.filter((other) => service === 'host' && other !== 'host');
      const whole = { addresses, connections: both };
      for (const part of this.direction === 'inbound' ? [whole] : withoutServices(whole, this.scene.places, others))
        this.addAddresses(part.addresses, part.connections);
    }
  }

  write(): readonly WrittenRule[] {
    const side = this.direction === 'inbound' ? 'from' : 'to';
    return [...this.byPorts.values()].flatMap(({ ports, pods, addresses, isAnybody }): readonly WrittenRule[] => {
      const said: WrittenRule = ports === undefined ? {} : { ports };
      if (isAnybody) return [said];
      const blocks = this.blocksOf(addressesOf(addresses));
      const peers = [...[...pods.values()].map(writePods), ...blocks.map((ipBlock) => ({ ipBlock }))];
      return peers.length === 0 ? [] : [{ [side]: peers, ...said }];
    });
  }

  private get way(): string {
    return this.direction === 'inbound' ? 'from' : 'to';
  }

  private tell(kind: TrafficRemark['kind'], message: string): void {
    this.scene.tell(kind, this.rule.path, message);
  }

  private addPods(pods: readonly PodPeers[], connections: ConnectionSet): void {
    const slot = this.slot(connections);
    for (const one of pods) slot?.pods.set(JSON.stringify([one.namespaces.key, one.pods.key]), one);
  }

  private addAddresses(addresses: AddressSet, connections: ConnectionSet): void {
    if (!hasNoAddress(addresses)) this.slot(connections)?.addresses.push(addresses);
  }

  private blocksOf(addresses: AddressSet): readonly PolicyBlock[] {
    const { holes } = this.scene;
    if (hasNoAddress(addresses)) return [];
    if (hasNoAddress(subtractAddresses(addresses, holes))) {
      this.tell('shadowed', 'All of its addresses are refused by deny lists, or are those of Pods');
      return [];
    }
    const blocks = compileBlocks(addresses, holes);
    if (countBlocks(blocks) <= mostBlocks) return blocks;
    const fewer = this.direction === 'inbound' ? blocks : compileBlocks(addresses, this.scene.ownHoles);
    if (countBlocks(fewer) <= mostBlocks) return fewer;
    this.tell(
      'unsupported',
      `It takes more than ${mostBlocks} blocks and exceptions, too many for a policy: its addresses are not let`,
    );
    return [];
  }

  /** Undefined where no policy can speak of such connections. */
  private slot(connections: ConnectionSet): RuleSlot | undefined {
    if (hasNoConnection(connections)) return undefined;
    const isAll = equalConnections(connections, allConnections);
    if (!isAll && connections.icmp.length > 0 && !this.isIcmpTold) {
      this.isIcmpTold = true;
      this.tell('unsupported', 'A NetworkPolicy cannot let ICMP alone, or beside ports: it is not let by it');
    }
    const ports = isAll ? undefined : writePorts(connections);
    if (ports?.length === 0) return undefined;
    const key = JSON.stringify(ports ?? null);
    const known: RuleSlot = this.byPorts.get(key) ?? { ports, pods: new Map(), addresses: [], isAnybody: false };
    this.byPorts.set(key, known);
    return known;
  }
}

const everyPod: PodPeers = { namespaces: everyLabel, pods: everyLabel };

/** Those of a selection that are among others, too. */
function joinPods(one: PodPeers, others: readonly PodPeers[]): readonly PodPeers[] {
  return others.flatMap((other) => {
    const namespaces = joinSelectors(one.namespaces, other.namespaces);
    const pods = joinSelectors(one.pods, other.pods);
    return namespaces === undefined || pods === undefined ? [] : [{ namespaces, pods }];
  });
}

function writePods({ namespaces, pods }: PodPeers): object {
  return {
    namespaceSelector: writeSelector(namespaces),
    ...(pods.requirements.length > 0 ? { podSelector: writeSelector(pods) } : {}),
  };
}

/** Port 0, which nothing can listen at, cannot be said and says nothing. */
function writePorts(connections: ConnectionSet): readonly object[] {
  return portProtocols.flatMap((protocol) =>
    connections[protocol].flatMap(({ from, end }) => writeRange(protocol, Math.max(from, 1), end - 1)),
  );
}

function writeRange(protocol: TrafficProtocol, first: number, last: number): readonly object[] {
  const name = protocol.toUpperCase();
  if (last < first) return [];
  if (first === 1 && last === 65_535) return [{ protocol: name }];
  return [{ protocol: name, port: first, ...(last > first ? { endPort: last } : {}) }];
}
