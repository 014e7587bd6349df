import type { FlawChange, Notification, TrafficSummary } from '../model/index.ts';

/** One line, for a person. */
export function titleOf(notification: Notification): string {
  const { host } = notification;
  switch (notification.about) {
    case 'test':
      return `Portwarden on ${host}: this is a test`;
    case 'changes':
      return `Portwarden on ${host}: ${titleOfChanges(notification)}`;
    case 'traffic': {
      const alarms = notification.events.filter(({ kind }) => kind === 'listed').length;
      // Alarms come first: what is left out may be some of them where all that is shown is.
      const some = notification.events.length === alarms ? alarms + notification.more : alarms;
      const news = notification.events.length + notification.more - some;
      const parts = [
        ...(some > 0
          ? [`ALARM: ${some === 1 ? 'connections' : `connections of ${some} sorts`} with listed addresses`]
          : []),
        ...(news > 0 ? [`connections to somewhere new of ${news === 1 ? 'one group' : `${news} groups`}`] : []),
      ];
      return `Portwarden on ${host}: ${parts.join('; ')}`;
    }
  }
}

/** A line for each thing that is told. */
export function linesOf(notification: Notification): readonly string[] {
  switch (notification.about) {
    case 'test':
      return [];
    case 'changes':
      return notification.changes.map(describeChange);
    case 'traffic':
      return notification.events.map(describeTraffic);
  }
}

/** What the lines leave out. */
export function moreOf(notification: Notification): number {
  return notification.about === 'test' ? 0 : notification.more;
}

function titleOfChanges({
  changes,
  more,
}: Pick<Extract<Notification, { about: 'changes' }>, 'changes' | 'more'>): string {
  const affected = changes.filter(({ kind }) => kind === 'newly-affected');
  const running = affected.reduce((sum, change) => sum + change.running, 0);
  const cleared = changes.length - affected.length;
  const parts = [
    ...(affected.length > 0
      ? [`${affected.length + more} flaws newly affect what is known, ${running} times what runs`]
      : []),
    ...(cleared > 0 ? [`${cleared} affect it no longer`] : []),
  ];
  return parts.join('; ');
}

/** `CVE-2024-1 (high) newly affects pkg:…: 12 images, 40 containers run it; fixed in 1.2`. */
function describeChange({ kind, flaw, severity, components, images, running, hosts }: FlawChange): string {
  const [first] = components;
  const others = components.length - 1;
  const what = `${first?.purl ?? 'something'}${others > 0 ? ` and ${others} more` : ''}`;
  const verb = kind === 'newly-affected' ? 'newly affects' : 'no longer affects';
  const fix = kind === 'newly-affected' && first?.fixedIn !== undefined ? `; fixed in ${first.fixedIn}` : '';
  const machines = hosts.length > 0 ? `; the machines ${hosts.slice(0, 5).join(', ')} themselves` : '';
  return `${flaw} (${severity}) ${verb} ${what}: ${images} images, ${running} containers run it${machines}${fix}`;
}

const outcomes = { allowed: 'passed', refused: 'refused', observed: 'passed, since its group only observes' } as const;

/** `ALARM: web on h1 to 192.0.2.1, tcp 443 and 3 more of deny list bad: refused`. */
function describeTraffic(event: TrafficSummary): string {
  const { kind, host, message, who, direction, outcome, list, peers, more } = event;
  if (who === undefined || outcome === undefined) return `${kind === 'listed' ? 'ALARM: ' : ''}${message} on ${host}`;
  const others = `${peers.join('; ')}${more > 0 ? ` and ${more} more` : ''}`;
  const ends = direction === 'inbound' ? `${others} to ${who} on ${host}` : `${who} on ${host} to ${others}`;
  if (kind === 'listed') return `ALARM: ${ends}, of deny list ${list ?? 'unknown'}: ${outcomes[outcome]}`;
  return `${ends}, for the first time: ${outcomes[outcome]}`;
}
