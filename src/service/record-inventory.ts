import type { Digest, Instant } from '../base/index.ts';
import { redactAll, redactLabels } from '../inspect/index.ts';
import {
  type EngineKind,
  type EngineStatus,
  formatImageReference,
  type ImageRecord,
  ImageReferenceError,
  parseImageReference,
  type Store,
  type Workload,
  workloadKey,
} from '../model/index.ts';
import { compileReconciliation, type EngineView, type Reconciliation } from './compile-reconciliation.ts';
import type { EventBus, InventoryRecorder, ObservedContainer, StoredImage } from './services.ts';

const priorityOfRunning = 10;
const priorityOfStored = 50;
const priorityOfReadAgain = 90;

/** What is remembered of one engine between two calls, so that an event costs no look at the whole of it. */
interface EngineMemory {
  readonly open: Map<string, Workload>;
  /** Intervals that were written as ended: a container that has exited is observed for as long as it is kept. */
  readonly whole: Map<string, Workload>;
  lastSeen: Instant;
}

/** Writes what agents see into the store, and tells the event bus what changed. */
export function createInventoryRecorder(parts: {
  readonly store: Store;
  readonly events: EventBus;
  /** What images are read for now. */
  readonly lookedFor: string;
}): InventoryRecorder {
  const { store, events, lookedFor } = parts;
  const memories = new Map<string, EngineMemory>();
  const enqueue = createReadingQueue(store, events, lookedFor);

  async function memoryOf(host: string, engine: EngineKind): Promise<EngineMemory> {
    const key = `${host}/${engine}`;
    const known = memories.get(key);
    if (known) return known;
    const memory = { open: new Map(), whole: new Map(), lastSeen: (await statusOf(host, engine))?.lastSeen ?? 0 };
    await loadOpen(memory, host, engine);
    memories.set(key, memory);
    return memory;
  }

  async function loadOpen(memory: EngineMemory, host: string, engine: EngineKind): Promise<void> {
    memory.open.clear();
    for (const workload of await store.workloads.running({ host, engine })) {
      memory.open.set(workloadKey(workload), workload);
    }
  }

  async function statusOf(host: string, engine: EngineKind): Promise<EngineStatus | undefined> {
    const statuses = await store.workloads.engines();
    return statuses.find((status) => status.host === host && status.engine === engine);
  }

  /** Applies what is news of a reconciliation; gives the containers that it concerned. */
  async function apply(memory: EngineMemory, changes: Reconciliation): Promise<readonly string[]> {
    const news = changes.recorded.filter((workload) => !sameAsWritten(memory, workload));
    if (news.length + changes.ended.length === 0) return [];
    await store.transaction(async ({ workloads }) => {
      for (const { workload, ended, exact } of changes.ended) await workloads.ended(workload, ended, exact);
      for (const workload of news) {
        await workloads.started(workload);
        // An interval that was there already, closed by guess, gets its exact end.
        if (workload.ended !== undefined) await workloads.ended(workload, workload.ended, workload.endedExact);
      }
    });
    for (const { workload } of changes.ended) memory.open.delete(workloadKey(workload));
    for (const workload of news) {
      if (workload.ended === undefined) memory.open.set(workloadKey(workload), workload);
      else memory.whole.set(workloadKey(workload), workload);
    }
    return [...new Set([...changes.ended.map((end) => end.workload), ...news].map((one) => one.containerId))];
  }

  async function publish(changed: readonly string[]): Promise<void> {
    if (changed.length === 0) return;
    const { running } = await store.workloads.counts();
    events.publish({ type: 'containers', running, changed });
  }

  return {
    async engineStatus(status) {
      const { host, engine, state } = status;
      const known = await statusOf(host, engine);
      // An engine that was never here, and is not here, is no news.
      if (!known && state === 'unreachable') return;
      // Only a reconciliation is a sight of the containers; the status of a socket must not move what unseen ends get.
      await memoryOf(host, engine);
      const lastSeen = status.lastSeen ?? known?.lastSeen;
      await store.workloads.putEngine({ ...status, ...(lastSeen === undefined ? {} : { lastSeen }) });
      events.publish({ type: 'engine', host, engine, state });
    },

    async reconcile(host, engine, observed, at) {
      const containers = observed.map(withoutSecrets);
      const memory = await memoryOf(host, engine);
      await loadOpen(memory, host, engine);
      const view: EngineView = { host, engine, lastSeen: memory.lastSeen, at };
      const changed = await apply(memory, compileReconciliation([...memory.open.values()], containers, view));
      forget(memory.whole, containers);
      await store.workloads.seen(host, engine, at);
      memory.lastSeen = at;
      await publish(changed);
      await enqueue(view, imagesOf(containers), () => priorityOfRunning);
    },

    async observed(host, engine, observed, at) {
      const container = withoutSecrets(observed);
      const memory = await memoryOf(host, engine);
      const view: EngineView = { host, engine, lastSeen: memory.lastSeen, at };
      // A report may come after that of a later run, which it says nothing about.
      const open = openOf(memory, container.containerId).filter((run) => run.started <= (container.started ?? at));
      await publish(await apply(memory, compileReconciliation(open, [container], view)));
      await enqueue(view, imagesOf([container]), () => priorityOfRunning);
    },

    async removed(host, engine, containerId, at) {
      const memory = await memoryOf(host, engine);
      const ended = openOf(memory, containerId).map((workload) => ({
        workload,
        ended: Math.max(workload.started, at),
        exact: true,
      }));
      await publish(await apply(memory, { recorded: [], ended }));
    },

    async imagesStored(host, engine, images, at) {
      const memory = await memoryOf(host, engine);
      const running = new Set([...memory.open.values()].map((workload) => workload.imageId));
      await enqueue({ host, engine, at }, images, (id) => (running.has(id) ? priorityOfRunning : priorityOfStored));
    },
  };
}

/** Whoever starts a container writes its labels. */
function withoutSecrets(container: ObservedContainer): ObservedContainer {
  return redactAll({ ...container, labels: redactLabels(container.labels) });
}

function openOf(memory: EngineMemory, containerId: string): readonly Workload[] {
  return [...memory.open.values()].filter((workload) => workload.containerId === containerId);
}

function sameAsWritten(memory: EngineMemory, workload: Workload): boolean {
  const written = memory.whole.get(workloadKey(workload));
  return written !== undefined && JSON.stringify(written) === JSON.stringify(workload);
}

/** Drops the whole intervals of containers that the engine no longer has. */
function forget(whole: Map<string, Workload>, containers: readonly ObservedContainer[]): void {
  const there = new Set(containers.map((container) => container.containerId));
  for (const [key, workload] of whole) if (!there.has(workload.containerId)) whole.delete(key);
}

/** Makes images known and queues those that were not read yet, and behind them those that were read for something else. */
function createReadingQueue(store: Store, events: EventBus, lookedFor: string) {
  /**
   * Images whose reading had failed, or was for something else; each is tried once more in the life of this process: on two
   * hosts with other rules the same image would be read without end.
   */
  const triedAgain = new Set<Digest>();

  return async function enqueue(
    { host, engine, at }: Pick<EngineView, 'host' | 'engine' | 'at'>,
    images: readonly StoredImage[],
    priorityOf: (imageId: Digest) => number,
  ): Promise<void> {
    if (images.length === 0) return;
    const records = await store.images.getMany(images.map((image) => image.imageId));
    const recordOf = new Map(records.map((record) => [record.imageId, record]));
    for (const image of images) {
      const { imageId } = image;
      const record = recordOf.get(imageId);
      if (!record || bringsNews(image, record)) await store.images.see({ ...image, at });
      if (!record) {
        const reference = image.references[0] ?? imageId;
        events.publish({ type: 'image', imageId, state: 'known', reference });
      }
      const isRead = record?.state === 'read';
      if (isRead && record.facts?.lookedFor === lookedFor) continue;
      if (isRead || record?.state === 'failed') {
        if (triedAgain.has(imageId)) continue;
        triedAgain.add(imageId);
      }
      const source = `${engine}:${imageId}`;
      const job = {
        kind: 'read-image',
        subject: imageId,
        source,
        host,
        priority: isRead ? priorityOfReadAgain : priorityOf(imageId),
      } as const;
      await store.jobs.enqueue(job, at);
    }
  };
}

function bringsNews(image: StoredImage, record: ImageRecord): boolean {
  return (
    (image.manifestDigest !== undefined && record.manifestDigest === undefined) ||
    image.references.some((reference) => !record.references.includes(reference))
  );
}

/** The images that containers run, which may have lost their name or their place in the engine's list. */
function imagesOf(containers: readonly ObservedContainer[]): readonly StoredImage[] {
  const references = new Map<Digest, Set<string>>();
  for (const { imageId, imageReference, running } of containers) {
    if (!running) continue;
    const names = references.get(imageId) ?? new Set();
    for (const name of fullReferences(imageReference)) names.add(name);
    references.set(imageId, names);
  }
  return [...references].map(([imageId, names]) => ({ imageId, references: [...names] }));
}

/** The reference in full; none where a container was created from an image ID. */
function fullReferences(reference: string): readonly string[] {
  if (/^(?:sha256:)?[0-9a-f]{12,64}$/.test(reference)) return [];
  try {
    return [formatImageReference(parseImageReference(reference))];
  } catch (error) {
    if (error instanceof ImageReferenceError) return [];
    throw error;
  }
}
