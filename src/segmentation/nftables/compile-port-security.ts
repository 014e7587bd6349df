import { formatAddress, parseAddress } from '../../base/index.ts';
import type { NetworkedContainer } from '../../model/index.ts';
import { createTextFinder } from '../common-texts.ts';
import { remember } from '../remember.ts';
import { engineBridges } from './engine-bridges.ts';
import { linkLocalOf, parseMac, quoteInterface } from './identifiers.ts';
import { ifMarked, setMark, unlessMarked } from './marks.ts';
import type { ElementPart, RulesetTable } from './ruleset.ts';
import { draftTable } from './table-draft.ts';

/** What may come from a port of a bridge, and go to it, as elements of sets. */
interface BoundPort {
  /** Quoted. */
  readonly port: string;
  readonly ports: ElementPart;
  readonly bound4: ElementPart;
  readonly bound6: ElementPart;
  /** Addresses of version 6 that it may say are its own. */
  readonly targets: ElementPart;
}

/** Of what cannot be an interface or a hardware address there is nothing: it stays closed. */
const bindPorts = remember((container: NetworkedContainer) =>
  container.attachments.flatMap((attachment): BoundPort[] => {
    const port = quoteInterface(attachment.port);
    const mac = parseMac(attachment.mac);
    if (port === undefined || mac === undefined) return [];
    const bound4: string[] = [];
    const own6: bigint[] = [];
    for (const text of attachment.addresses) {
      const address = parseAddress(text);
      if (address?.family === 4) bound4.push(`${port} . ${mac} . ${formatAddress(address)}`);
      if (address?.family === 6) own6.push(address.value);
    }
    if (own6.length > 0) own6.push(linkLocalOf(mac));
    const bound6 = own6.map((value) => `${port} . ${mac} . ${formatAddress({ family: 6, value })}`);
    const targets = own6.map((value) => `${port} . ${mac} . 0x${value.toString(16)}`);
    return [{ port, ports: partOf([port]), bound4: partOf(bound4), bound6: partOf(bound6), targets: partOf(targets) }];
  }),
);

function partOf(keys: readonly string[]): ElementPart {
  return { keys: [...new Set(keys)], verdict: '' };
}

/** Each port once: containers that share a network (`container:X`, pods) have the same, with what each of them may be there. */
function uniteBound(bounds: readonly BoundPort[]): readonly BoundPort[] {
  const shared = sharedPorts(bounds);
  if (shared.size === 0) return bounds;
  const united = new Map<string, BoundPort>();
  for (const bound of bounds) {
    const other = united.get(bound.port);
    if (shared.has(bound.port)) united.set(bound.port, other === undefined ? bound : unite(other, bound));
  }
  return [...bounds.filter(({ port }) => !shared.has(port)), ...united.values()];
}

const sharedPorts = createTextFinder(2, ({ port }: BoundPort) => [port]);

function unite(a: BoundPort, b: BoundPort): BoundPort {
  const both = (part: Exclude<keyof BoundPort, 'port'>): ElementPart => partOf([...a[part].keys, ...b[part].keys]);
  return { port: a.port, ports: a.ports, bound4: both('bound4'), bound6: both('bound6'), targets: both('targets') };
}

/** Of the target of a neighbor message (RFC 4861, sections 4.3, 4.4), where no header stands between. */
const target = 'iifname . ether saddr . @nh,384,128';
const solicit = 'icmpv6 type nd-neighbor-solicit';
const advert = 'icmpv6 type nd-neighbor-advert';

/**
 * Who may be at which port. A packet is of the container whose port it came through: nobody else has that. The bridge family
 * has no conntrack on many kernels and needs none here: each packet is held against what the engine gave the container.
 *
 * A port that is not known yet gets no further than the bridge: what comes from it is not marked as verified, and the table
 * `inet` drops it; nothing is let to it, because what was admitted goes to known ports alone.
 */
export function compilePortSecurity(
  bridges: readonly string[],
  containers: readonly { readonly container: NetworkedContainer; readonly observing: boolean }[],
): readonly RulesetTable[] {
  const all: BoundPort[] = [];
  const observed = new Set<string>();
  for (const { container, observing } of containers) {
    for (const bound of bindPorts(container)) {
      all.push(bound);
      // Its container only observes: it gets what goes to many.
      if (observing) observed.add(bound.port);
    }
  }
  const ports: ElementPart[] = [];
  const observing: ElementPart[] = [];
  const bound4: ElementPart[] = [];
  const bound6: ElementPart[] = [];
  const targets: ElementPart[] = [];
  for (const bound of uniteBound(all)) {
    ports.push(bound.ports);
    if (observed.size > 0 && observed.has(bound.port)) observing.push(bound.ports);
    if (bound.bound4.keys.length > 0) bound4.push(bound.bound4);
    if (bound.bound6.keys.length > 0) bound6.push(bound.bound6);
    if (bound.targets.keys.length > 0) targets.push(bound.targets);
  }
  const draft = draftTable('bridge');
  draft.parts('set', 'ports', 'type ifname', ports);
  draft.parts('set', 'observing', 'type ifname', observing);
  draft.parts('set', 'bound4', 'type ifname . ether_addr . ipv4_addr', bound4);
  draft.parts('set', 'bound6', 'type ifname . ether_addr . ipv6_addr', bound6);
  draft.parts('set', 'targets6', `typeof ${target}`, targets);
  draft.live('spoofed', 'type ifname', { size: 65_536, seconds: 3600 });

  draft.chain(
    'prerouting',
    ['iifname @ports goto from_port'],
    // Before br_netfilter at 0 shows packets to the table inet.
    'type filter hook prerouting priority -300; policy accept;',
  );
  draft.chain('from_port', [
    'ether type vmap { ip : goto from_ip, arp : goto from_arp, ip6 : goto from_ip6 }',
    'goto spoof',
  ]);
  draft.chain('from_ip', ['iifname . ether saddr . ip saddr @bound4 goto verified', 'goto spoof']);
  draft.chain('from_ip6', [
    'icmpv6 type { nd-router-advert, nd-redirect } goto spoof',
    `${advert} ${target} != @targets6 goto spoof`,
    'iifname . ether saddr . ip6 saddr @bound6 goto verified',
    `ip6 saddr :: ${solicit} ${target} @targets6 goto verified`,
    // A container without an address of version 6 still tries to get one: not worth a count.
    'icmpv6 type { mld-listener-report, nd-router-solicit, nd-neighbor-solicit, mld2-listener-report } drop',
    'goto spoof',
  ]);
  draft.chain('from_arp', [
    'iifname . ether saddr . arp saddr ip @bound4 iifname . arp saddr ether . arp saddr ip @bound4 goto verified',
    // A probe for its own address (RFC 5227, section 2.1.1).
    'arp saddr ip 0.0.0.0 iifname . ether saddr . arp daddr ip @bound4 goto verified',
    'goto spoof',
  ]);
  draft.chain('verified', [`${setMark('verified')} accept`]);
  draft.chain('spoof', ['update @spoofed { iifname counter }', 'drop']);
  draft.chain(
    'output',
    [`ether type arp oifname @ports ${setMark('verified')}`],
    'type filter hook output priority -300; policy accept;',
  );
  draft.chain(
    'postrouting',
    ['oifname @ports goto to_port', `${ifMarked('admitted')} drop`],
    'type filter hook postrouting priority 200; policy accept;',
  );
  draft.chain('to_port', [
    `ether type arp ${ifMarked('verified')} accept`,
    // Without br_netfilter no filter has seen it: closed.
    `${unlessMarked('admitted')} drop`,
    'oifname . ether daddr . ip daddr @bound4 accept',
    'oifname . ether daddr . ip6 daddr @bound6 accept',
    `${solicit} ip6 daddr ff02::1:ff00:0/104 accept`,
    `${advert} ip6 daddr ff02::1 accept`,
    'oifname @observing ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 accept',
    'drop',
  ]);

  // What the host believes of who has an address comes from verified ports alone.
  const arp = draftTable('arp');
  arp.set('bridges', 'type ifname', bridges);
  arp.set(
    'closed',
    'type ifname',
    engineBridges.map((name) => `"${name}"`),
    'interval',
  );
  arp.chain(
    'input',
    [`iifname @bridges ${unlessMarked('verified')} drop`, `iifname @closed ${unlessMarked('verified')} drop`],
    'type filter hook input priority 0; policy accept;',
  );
  return [draft.finish(), arp.finish()];
}
