import type { TrafficProtocol } from '../../model/index.ts';
import type { TrafficCount, TrafficCounters } from '../dataplane.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { outcomes } from './filter-chains.ts';
import type { TableFamily } from './ruleset.ts';
import { jsonOf } from './run-tool.ts';

/** Turns what the sets of our tables have counted into what came since the last report. */
export interface CounterReader {
  /** What nft answered of each of `countedSets`. Throws SegmentationError `bad-rules` for what is none of its answers. */
  take(answers: readonly string[]): void;
  /** The sets were made anew: they count from zero. */
  restart(): void;
  report(): TrafficCounters;
}

/** Family and name of each set that counts. */
export const countedSets: readonly (readonly [TableFamily, string])[] = [
  ...outcomes.flatMap((outcome) => [['inet', `${outcome}4`] as const, ['inet', `${outcome}6`] as const]),
  ['inet', 'overflowed'],
  ['inet', 'spoofed'],
  ['bridge', 'spoofed'],
];

const protocols: ReadonlyMap<unknown, TrafficProtocol> = new Map<unknown, TrafficProtocol>([
  ['tcp', 'tcp'],
  [6, 'tcp'],
  ['udp', 'udp'],
  [17, 'udp'],
  ['sctp', 'sctp'],
  [132, 'sctp'],
  ['icmp', 'icmp'],
  [1, 'icmp'],
  ['ipv6-icmp', 'icmp'],
  [58, 'icmp'],
]);

type Outcome = (typeof outcomes)[number];

export function createCounterReader(): CounterReader {
  /** As last listed, by set and element. */
  let standing = new Map<string, number>();
  let counts = emptyCounts();
  let spoofed = new Map<string, number>();
  let overflowed = false;

  function takeSet(family: string, name: string, elements: readonly unknown[], next: Map<string, number>): void {
    for (const element of elements) {
      const { key, packets } = readElement(element);
      const id = `${family} ${name} ${JSON.stringify(key)}`;
      const before = standing.get(id) ?? 0;
      next.set(id, packets);
      // Fewer than before: it was forgotten in between, and came again.
      const added = packets >= before ? packets - before : packets;
      if (added === 0) continue;
      if (name === 'spoofed') spoofed.set(String(key), (spoofed.get(String(key)) ?? 0) + added);
      else if (name === 'overflowed') overflowed = true;
      else {
        const outcome = outcomes.find((each) => name.startsWith(each));
        const count = readConnection(key, added);
        if (outcome === undefined || count === undefined) continue;
        const of = counts[outcome];
        const same = of.get(count.id);
        of.set(count.id, { ...count.count, packets: added + (same?.packets ?? 0) });
      }
    }
  }

  return {
    take(answers) {
      const next = new Map<string, number>();
      for (const answer of answers)
        for (const { family, name, elements } of readSets(jsonOf(answer, 'nft'))) takeSet(family, name, elements, next);
      standing = next;
    },
    restart() {
      standing = new Map();
    },
    report() {
      const result: TrafficCounters = {
        allowed: [...counts.seen.values()],
        refused: [...counts.refused.values()],
        observed: [...counts.observed.values()],
        spoofed: [...spoofed].map(([port, packets]) => ({ port, packets })),
        overflowed,
      };
      counts = emptyCounts();
      spoofed = new Map();
      overflowed = false;
      return result;
    },
  };
}

function emptyCounts(): Record<Outcome, Map<string, TrafficCount>> {
  return { seen: new Map(), refused: new Map(), observed: new Map() };
}

function readConnection(
  key: unknown,
  packets: number,
): { readonly id: string; readonly count: TrafficCount } | undefined {
  if (!isRecord(key) || !Array.isArray(key.concat)) return undefined;
  const [source, destination, number, last]: readonly unknown[] = key.concat;
  const protocol = protocols.get(number);
  if (typeof source !== 'string' || typeof destination !== 'string') return undefined;
  if (protocol === undefined || typeof last !== 'number') return undefined;
  const port = protocol === 'icmp' ? last >> 8 : last;
  const count = { source, destination, protocol, port, packets };
  return { id: `${source} ${destination} ${protocol} ${port}`, count };
}

function readSets(
  document: unknown,
): readonly { readonly family: string; readonly name: string; readonly elements: readonly unknown[] }[] {
  if (!isRecord(document) || !Array.isArray(document.nftables))
    throw new SegmentationError('bad-rules', 'the answer of nft is no list of objects');
  return document.nftables.flatMap((object: unknown) => {
    const set = isRecord(object) ? object.set : undefined;
    if (!isRecord(set) || typeof set.name !== 'string' || typeof set.family !== 'string') return [];
    return [{ family: set.family, name: set.name, elements: Array.isArray(set.elem) ? set.elem : [] }];
  });
}

/** `{ elem: { val, counter: { packets } } }` (libnftables-json(5)). */
function readElement(element: unknown): { readonly key: unknown; readonly packets: number } {
  const inner = isRecord(element) ? element.elem : undefined;
  if (!isRecord(inner)) return { key: element, packets: 0 };
  const counter = isRecord(inner.counter) ? inner.counter : undefined;
  const packets = counter?.packets;
  return { key: inner.val, packets: typeof packets === 'number' && packets > 0 ? packets : 0 };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
