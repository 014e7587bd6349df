import { answeredSet } from './answered-set.ts';
import { engineBridges } from './engine-bridges.ts';
import { ifMarked, setMark, takeMark, unlessMarked } from './marks.ts';
import { draftTable, type TableDraft } from './table-draft.ts';

/** How many kinds of connection are told apart, and for how many seconds one is remembered that nobody asks for again. */
const countedConnections = 65_536;
const countedFor = 3600;

export const outcomes = ['seen', 'refused', 'observed'] as const;

/**
 * The table `inet portwarden` with the chains that each ruleset has. They come before docker's, podman's and firewalld's, at
 * priority 0, which still apply to what passes here.
 *
 * Of a connection the first packet is judged: by the tables of its sender, then of its receiver. Later ones pass as long as
 * conntrack knows them; a TCP packet that asks for a connection is always judged, so that nobody inherits one with an address.
 */
export function draftFilter({ resolverPort }: { readonly resolverPort: number | undefined }): TableDraft {
  const draft = draftTable('inet');
  draft.set(
    'closed',
    'type ifname',
    engineBridges.map((name) => `"${name}"`),
    'interval',
  );
  draft.live('spoofed', 'type ifname', { size: 4096, seconds: countedFor });
  draftVerification(draft);
  draftHooks(draft);
  draftInput(draft, resolverPort);
  draft.chain('judge', ['iifname @bridges jump sender', 'oifname @bridges jump receiver', 'goto admit']);
  draft.chain('sender', ['ip saddr vmap @src4', 'ip6 saddr vmap @src6', 'goto refuse']);
  // What goes to many has no receiver: port security lets it to those that only observe.
  draft.chain('receiver', [
    'ip daddr vmap @dst4',
    'ip6 daddr vmap @dst6',
    'meta pkttype { broadcast, multicast } return',
    'goto refuse',
  ]);
  draft.chain('refuse_sender', [
    'ip saddr @observing4 goto observe',
    'ip6 saddr @observing6 goto observe',
    'goto refuse',
  ]);
  draft.chain('refuse_receiver', [
    'ip daddr @observing4 goto observe',
    'ip6 daddr @observing6 goto observe',
    'goto refuse',
  ]);
  draft.chain('observe', [
    `${ifMarked('observed')} return`,
    'ct state invalid return',
    setMark('observed'),
    'goto count_observed',
  ]);
  draft.chain('refuse', ['ct state invalid drop', 'jump count_refused', 'drop']);
  draft.chain('admit', [`${unlessMarked('observed')} jump count_seen`, 'goto pass']);
  draft.chain('pass', [
    `oifname @bridges ${setMark('admitted')}`,
    `${ifMarked('observed')} ${takeMark('observed')}`,
    'accept',
  ]);
  draftCounting(draft);
  if (resolverPort !== undefined) {
    // While somebody answers there: questions go where they were sent once the agent is gone.
    draft.live(answeredSet, 'type inet_service', { size: 16 });
    const asked = `meta l4proto { tcp, udp } th dport @${answeredSet} redirect to :${resolverPort}`;
    draft.chain(
      'names',
      [
        // A server of names that is a container is reached as any other container is.
        'iifname @bridges ip daddr @subnets4 ip daddr != @host4 accept',
        'iifname @bridges ip6 daddr @subnets6 ip6 daddr != @host6 accept',
        `iifname @bridges ip saddr @resolved4 ${asked}`,
        `iifname @bridges ip6 saddr @resolved6 ${asked}`,
      ],
      // Before docker's at -100: the first to translate a connection decides.
      'type nat hook prerouting priority -110; policy accept;',
    );
  }
  return draft;
}

/** Before fragments are put together, so that none of another sender gets into a packet. */
export function draftVerification(draft: TableDraft): void {
  draft.chain(
    'verify',
    ['iifname @bridges goto from_container', 'iifname @closed goto unknown'],
    'type filter hook prerouting priority -450; policy accept;',
  );
  draft.chain('from_container', [`${ifMarked('verified')} ${takeMark('verified')} accept`, 'goto unknown']);
  draft.chain('unknown', ['update @spoofed { iifname counter }', 'drop']);
}

function draftHooks(draft: TableDraft): void {
  draft.chain(
    'forward',
    ['iifname @bridges goto managed', 'oifname @bridges goto entering', 'oifname @closed drop'],
    'type filter hook forward priority -10; policy accept;',
  );
  // Nobody outside has an address of a container's network.
  draft.chain('entering', ['ip saddr @subnets4 drop', 'ip6 saddr @subnets6 drop', 'goto managed']);
  draft.chain('output', ['oifname @bridges goto managed'], 'type filter hook output priority -10; policy accept;');
  draft.chain('managed', [
    'ct state established goto known',
    ...errors.map((error) => `${error} goto pass`),
    // Of the link alone: one that was routed has a lower limit (RFC 4861, section 7.1).
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 goto pass',
    `icmpv6 type ${announcements} drop`,
    'goto judge',
  ]);
  draft.chain('known', [`${asksTcp} goto judge`, 'goto pass']);
}

/** From containers to the host itself, whatever address of it they take. */
function draftInput(draft: TableDraft, resolverPort: number | undefined): void {
  // Strangers ask our resolver nothing.
  const strangers = `iifname != @bridges meta l4proto { tcp, udp } th dport ${resolverPort} drop`;
  draft.chain(
    'input',
    ['iifname @bridges goto to_host', ...(resolverPort === undefined ? [] : [strangers])],
    'type filter hook input priority -10; policy accept;',
  );
  const asked = 'ct status dnat meta l4proto { tcp, udp }';
  draft.chain('to_host', [
    `ct state established ${asksTcp} goto host`,
    'ct state established accept',
    ...errors.map((error) => `${error} accept`),
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept',
    `icmpv6 type ${announcements} drop`,
    'goto host',
  ]);
  const names = [4, 6].map((version) => {
    const address = version === 4 ? 'ip saddr @resolved4' : 'ip6 saddr @resolved6';
    return `${asked} ${address} th dport ${resolverPort} accept`;
  });
  draft.chain('host', [
    ...(resolverPort === undefined ? [] : names),
    'jump sender',
    'ip daddr @host4 goto admit',
    'ip6 daddr @host6 goto admit',
    // An address that the host got since: nothing was written about it.
    'jump refuse_sender',
    'goto admit',
  ]);
}

/** A TCP packet that asks for a connection. */
const asksTcp = 'tcp flags syn / fin,syn,rst,ack';

/** What tells a sender of trouble with a connection that passed; redirects, also related to one, are none of it. */
const errors: readonly string[] = [
  'ct state related icmp type { destination-unreachable, time-exceeded, parameter-problem }',
  'ct state related icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem }',
];

/** What every start of a container says to the link, and nobody needs: not worth a count. */
const announcements =
  '{ mld-listener-report, mld-listener-done, nd-router-solicit, nd-router-advert, nd-redirect, mld2-listener-report }';

function draftCounting(draft: TableDraft): void {
  for (const outcome of outcomes) {
    for (const version of [4, 6] as const) {
      const pair = `ipv${version}_addr . ipv${version}_addr`;
      const options = { size: countedConnections, seconds: countedFor };
      draft.live(`${outcome}${version}`, `type ${pair} . inet_proto . inet_service`, options);
    }
    const count = (version: 4 | 6, port: string): string => {
      const ip = version === 4 ? 'ip' : 'ip6';
      return `update @${outcome}${version} { ${ip} saddr . ${ip} daddr . meta l4proto . ${port} counter } return`;
    };
    // The type of ICMP stands where others have the high byte of the source port. A set that is full takes nothing new: its
    // rule then does not fit, and the next is asked.
    draft.chain(`count_${outcome}`, [
      `meta l4proto { tcp, udp, sctp } ${count(4, 'th dport')}`,
      `meta l4proto { tcp, udp, sctp } ${count(6, 'th dport')}`,
      `meta l4proto { icmp, ipv6-icmp } ${count(4, 'th sport')}`,
      `meta l4proto { icmp, ipv6-icmp } ${count(6, 'th sport')}`,
      'meta l4proto { icmp, tcp, udp, ipv6-icmp, sctp } update @overflowed { meta l4proto counter }',
    ]);
  }
  draft.live('overflowed', 'type inet_proto', { size: 256, seconds: countedFor });
}
