import {
  type NotificationTarget,
  type ToldTrafficKind,
  type TrafficCursor,
  type TrafficEvent,
  toldTrafficKinds,
} from '../model/index.ts';
import type { Outbox, OutboxParts } from './outbox.ts';
import { summarizeTraffic } from './summarize-traffic.ts';

const eventsAtOnce = 20_000;
const summariesTold = 50;
/** New peers come together, as with a new version of something: they are told together. */
const settleFor = 600_000;
/** The first alarm is told at once; what follows it, together. */
const quietFor = 300_000;

/** What passed that somebody wants to know of: alarms at once, new peers summed up. */
export const trafficOutbox: Outbox = {
  async isReady({ store, clock }, target) {
    const { traffic } = target.state;
    const kinds = wantedKinds(target);
    const known = Object.keys(traffic.told);
    if (kinds.length !== known.length || !kinds.every((kind) => known.includes(kind))) return true;
    if (kinds.length === 0) return false;
    if (traffic.attempting !== undefined) return true;
    if (traffic.due > clock.now()) return false;
    for (const kind of kinds) {
      const [first] = await store.traffic.eventsAfter({ after: { [kind]: traffic.told[kind] ?? 0 }, limit: 1 });
      if (first && (kind === 'listed' || clock.now() - first.event.at >= settleFor)) return true;
    }
    return false;
  },

  async compile(parts, target) {
    const { clock, host } = parts;
    const { traffic } = target.state;
    const kinds = wantedKinds(target);
    const started = await startOf(parts, target);
    const found = await eventsFor(parts, { ...traffic, told: started });
    const last = found.at(-1)?.number ?? traffic.attempting;
    const summaries = summarizeTraffic(found.map(({ event }) => event));
    const told = Object.fromEntries(kinds.map((kind) => [kind, Math.max(last ?? 0, started[kind] ?? 0)]));
    const message = {
      about: 'traffic',
      key: `${target.id}-traffic-${kinds.map((kind) => started[kind]).join('-')}-${last}`,
      host,
      sentAt: clock.now(),
      events: summaries.slice(0, summariesTold),
      more: Math.max(0, summaries.length - summariesTold),
    } as const;
    const due = summaries.length === 0 ? traffic.due : clock.now() + quietFor;
    return {
      message: summaries.length === 0 ? undefined : message,
      taken: { traffic: { told, due } },
      failed: { traffic: { told: started, due: traffic.due, ...(last === undefined ? {} : { attempting: last }) } },
    };
  },
};

function wantedKinds({ filter }: NotificationTarget): readonly ToldTrafficKind[] {
  return toldTrafficKinds.filter((kind) => filter.kinds.includes(kind));
}

/** After what each kind is told; one that was not wanted before, from now on. */
async function startOf({ store }: OutboxParts, target: NotificationTarget): Promise<TrafficCursor['told']> {
  const { told } = target.state.traffic;
  const kinds = wantedKinds(target);
  const now = kinds.every((kind) => told[kind] !== undefined) ? 0 : await store.traffic.lastEvent();
  return Object.fromEntries(kinds.map((kind) => [kind, told[kind] ?? now]));
}

function eventsFor(
  { store }: OutboxParts,
  { told, attempting }: TrafficCursor,
): ReturnType<typeof store.traffic.eventsAfter> {
  const upTo = attempting === undefined ? {} : { upTo: attempting };
  const after: Partial<Record<TrafficEvent['kind'], number>> = told;
  return store.traffic.eventsAfter({ after, ...upTo, limit: eventsAtOnce });
}
