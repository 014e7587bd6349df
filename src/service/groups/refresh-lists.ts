import { type Clock, type Log, messageOf, noAddresses, pause } from '../../base/index.ts';
import type { FetchedAddresses, Store } from '../../model/index.ts';
import type { AddressListDocument } from '../../policy/index.ts';
import { defaultListRefresh, parseAddressLines, parseDuration } from '../../policy/index.ts';
import { type SceneReader, sourceOf } from './traffic-scene.ts';

/** The text of a list: of a file of this machine or a URL, bounded. */
export type ReadAddressList = (
  source: { readonly file: string } | { readonly url: string },
  signal: AbortSignal,
) => Promise<string>;

export interface ListParts {
  readonly store: Pick<Store, 'documents' | 'traffic'>;
  readonly scene: SceneReader;
  readonly readList: ReadAddressList;
  readonly clock: Clock;
  readonly log: Log;
  /** Told where the addresses of a list, or the documents, are others than before. */
  readonly changed: () => void;
  /** Takes out what is old; now and then. */
  readonly forget?: (signal: AbortSignal) => Promise<void>;
  /** Milliseconds between two looks at what is due. */
  readonly lookEvery?: number;
}

/** Milliseconds after which a source that could not be read is tried again, unless it is due sooner. */
const retryAfter = 600_000;

const forgetEvery = 600_000;

/** Keeps the addresses of deny lists fresh, and notices documents that another process applied; until the signal. */
export async function refreshLists(parts: ListParts, signal: AbortSignal): Promise<void> {
  let revision = await parts.store.documents.revision();
  let forgotAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    await refreshDueLists(parts, signal);
    const now = await parts.store.documents.revision();
    if (now !== revision) parts.changed();
    revision = now;
    if (parts.clock.now() - forgotAt >= forgetEvery) {
      forgotAt = parts.clock.now();
      await parts.forget?.(signal);
    }
    await pause(parts.lookEvery ?? 1000, signal);
  }
}

/** Reads sources that are due. What cannot be read keeps its addresses, and what is wrong is told with them. */
export async function refreshDueLists(parts: ListParts, signal: AbortSignal): Promise<void> {
  const { store, scene, clock } = parts;
  const { lists } = await scene.rules();
  const wanted = new Set<string>();
  let isChanged = false;
  for (const { document, fetched } of lists) {
    const source = sourceOf(document);
    if (source === undefined) continue;
    wanted.add(`${document.metadata.name}\n${source}`);
    const every = refreshOf(document);
    const wait = fetched?.problem === undefined ? every : Math.min(every, retryAfter);
    if (fetched && clock.now() - fetched.attemptedAt < wait) continue;
    await store.traffic.putAddresses(await readSource(parts, document, source, fetched, signal));
    isChanged = true;
  }
  for (const { list, source } of await store.traffic.addresses()) {
    if (wanted.has(`${list}\n${source}`)) continue;
    await store.traffic.removeAddresses(list, source);
    isChanged = true;
  }
  if (isChanged) parts.changed();
}

function refreshOf({ spec: { source } }: AddressListDocument): number {
  return (source?.refresh === undefined ? undefined : parseDuration(source.refresh)) ?? defaultListRefresh;
}

async function readSource(
  { readList, clock, log }: ListParts,
  { metadata: { name }, spec }: AddressListDocument,
  source: string,
  before: FetchedAddresses | undefined,
  signal: AbortSignal,
): Promise<FetchedAddresses> {
  const attemptedAt = clock.now();
  try {
    const text = await readList(spec.source?.file === undefined ? { url: source } : { file: source }, signal);
    const { addresses, rejected, rejectedLines } = parseAddressLines(text, source);
    const [first] = rejected;
    const problem =
      rejectedLines === 0 || !first
        ? {}
        : { problem: `${rejectedLines} lines are no addresses, the first is line ${first.line}: ${first.why}` };
    return { list: name, source, addresses, fetchedAt: attemptedAt, attemptedAt, ...problem };
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = messageOf(error);
    log.warn(
      { list: name, error: problem },
      'the source of a deny list cannot be read; what it had before still holds',
    );
    const { addresses = noAddresses, fetchedAt = 0 } = before ?? {};
    return { list: name, source, addresses, fetchedAt, attemptedAt, problem };
  }
}
