import { asArray, asObject, type JsonObject } from '../../base/index.ts';
import type { Ecosystem, VersionRange } from '../../model/index.ts';
import { parseVersion, type Version } from '../version/compare-versions.ts';
import { VersionError } from '../version/version-error.ts';
import { quote, RecordFault } from './record.ts';

interface OsvEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected' | 'limit';
  readonly version: string;
}

const eventKinds: ReadonlySet<string> = new Set(['introduced', 'fixed', 'last_affected', 'limit']);

/**
 * One entry of `ranges`, by the evaluation of the OSV schema: events sorted by version, each opening or closing what is
 * affected. Ranges of git commits have no versions and give none. Throws RecordFault where it is not of its shape; an
 * end before its beginning, or a text that is no version, is kept as it stands and shows when it is compared.
 */
export function parseOsvRange(value: unknown, ecosystem: Ecosystem): readonly VersionRange[] {
  const range = asObject(value);
  if (!range) throw new RecordFault('a range is not an object');
  if (range.type === 'GIT') return [];
  if (range.type !== 'SEMVER' && range.type !== 'ECOSYSTEM') {
    throw new RecordFault(`${quote(range.type)} is not a type of range`);
  }
  const list = asArray(range.events);
  if (!list || list.length === 0) throw new RecordFault('a range has no events');
  const events = list.flatMap(parseEvent);
  if (!events.some((event) => event.kind === 'introduced')) throw new RecordFault('a range has no "introduced" event');
  return pairEvents(events.length > 2 ? sortEvents(events, ecosystem) : events);
}

/** Usually one; older exporters wrote both ends of a range into one object. */
function parseEvent(value: unknown): OsvEvent[] {
  const event: JsonObject | undefined = asObject(value);
  if (!event) throw new RecordFault('an event is not an object');
  const events: OsvEvent[] = [];
  for (const [kind, version] of Object.entries(event)) {
    if (!eventKinds.has(kind)) throw new RecordFault(`${quote(kind)} is not a kind of event`);
    if (typeof version !== 'string' || version === '') throw new RecordFault(`the event ${quote(kind)} has no version`);
    if (kind === 'limit' && version === '*') continue;
    events.push({ kind: kind as OsvEvent['kind'], version });
  }
  return events;
}

/** Stable, so that of two events at one version the later in the list has the last word. As listed where one is no version. */
function sortEvents(events: readonly OsvEvent[], ecosystem: Ecosystem): readonly OsvEvent[] {
  let parsed: { event: OsvEvent; version: Version | undefined }[];
  try {
    parsed = events.map((event) => ({
      event,
      version: isFirst(event) ? undefined : parseVersion(ecosystem, event.version),
    }));
  } catch (error) {
    if (error instanceof VersionError) return events;
    throw error;
  }
  return parsed
    .sort((a, b) => {
      if (!a.version || !b.version) return Number(a.version !== undefined) - Number(b.version !== undefined);
      return a.version.compare(b.version) || endsWith(a.event) - endsWith(b.event);
    })
    .map(({ event }) => event);
}

function isFirst(event: OsvEvent): boolean {
  return event.kind === 'introduced' && event.version === '0';
}

/** `last_affected` includes its version, so it comes after what opens there. */
function endsWith(event: OsvEvent): number {
  return event.kind === 'last_affected' ? 1 : 0;
}

function pairEvents(events: readonly OsvEvent[]): VersionRange[] {
  const ranges: VersionRange[] = [];
  let introduced: string | undefined;
  let early: OsvEvent | undefined;
  for (const event of events) {
    if (event.kind === 'introduced') introduced ??= event.version;
    else if (introduced !== undefined) {
      ranges.push(closeRange(introduced, event));
      introduced = undefined;
    } else if (ranges.length === 0) early ??= event;
  }
  if (introduced !== undefined) ranges.push(early ? closeRange(introduced, early) : { introduced });
  return ranges;
}

function closeRange(introduced: string, end: OsvEvent): VersionRange {
  return end.kind === 'last_affected' ? { introduced, lastAffected: end.version } : { introduced, fixed: end.version };
}
