import { type Clock, type Instant, type Log, mapConcurrent } from '../base/index.ts';
import { type EngineClient, type EngineContainer, type EngineEvent, ImageError } from '../image/index.ts';
import type { InventoryRecorder, ObservedContainer } from '../service/index.ts';
import { type ContainerHistory, followEvent, followedActions } from './container-history.ts';
import { createEventQueue } from './event-queue.ts';

export interface WatchParts {
  readonly host: string;
  readonly inventory: InventoryRecorder;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, when everything was looked at and the events are followed from there on. */
  readonly onWatching: (version: string) => Promise<void>;
  /** Milliseconds between two full looks, which heal what was lost. */
  readonly reconcileEvery: number;
}

const maxWaitingEvents = 20_000;
const inspectionsAtOnce = 8;
/** Event attributes that are no labels of the container (Engine API 1.41, "Monitor events"; podman adds its own). */
const ownAttributes = new Set([
  'image',
  'name',
  'oldName',
  'exitCode',
  'containerExitCode',
  'signal',
  'execID',
  'podId',
]);
/** Image events that change neither what is stored nor what it is called. */
const idleImageActions = new Set(['save', 'push', 'mount', 'unmount']);

/**
 * Keeps the inventory in step with one engine until it goes away: listens first, then looks at everything, then follows
 * the events, one after the other, so that nothing falls between the two. Always rejects: with ImageError when the
 * engine fails, with what the inventory threw, or `aborted`.
 */
export async function watchEngine(client: EngineClient, parts: WatchParts, signal: AbortSignal): Promise<never> {
  const { host, inventory, clock, log, reconcileEvery } = parts;
  const engine = client.kind;
  const version = await client.version(signal);
  const ended = new ImageError('unreachable', `the ${engine} engine at ${client.socket} closed its events`);
  const events = createEventQueue(await client.events(signal), maxWaitingEvents, ended);
  const histories = new Map<string, ContainerHistory>();
  let nextLook: Instant = await lookAtEverything();
  let imagesChanged = false;
  await parts.onWatching(version);

  for (;;) {
    const event = await events.next(Math.max(0, nextLook - clock.now()));
    if (event?.type === 'container') await follow(event);
    if (event && changesImages(event)) imagesChanged = true;
    if (!events.isEmpty) continue;
    if (events.takeOverflow() || clock.now() >= nextLook) {
      nextLook = await lookAtEverything();
      imagesChanged = false;
    } else if (imagesChanged) {
      await inventory.imagesStored(host, engine, await client.images(signal), clock.now());
      imagesChanged = false;
    }
  }

  async function lookAtEverything(): Promise<Instant> {
    const at = clock.now();
    const ids = await client.containerIds(signal);
    const found = await mapConcurrent(ids, inspectionsAtOnce, (id) => client.inspectContainer(id, signal));
    const containers = found.flatMap((container) => observe(container) ?? []);
    await inventory.reconcile(host, engine, containers, at);
    await inventory.imagesStored(host, engine, await client.images(signal), at);
    const there = new Set(ids);
    for (const id of histories.keys()) if (!there.has(id)) histories.delete(id);
    for (const last of containers) {
      histories.set(last.containerId, { ...histories.get(last.containerId), last });
    }
    log.debug({ engine, containers: containers.length }, 'looked at everything');
    return at + reconcileEvery;
  }

  async function follow(event: EngineEvent): Promise<void> {
    if (event.action === 'destroy') {
      histories.delete(event.id);
      await inventory.removed(host, engine, event.id, event.at);
      return;
    }
    if (!followedActions.has(event.action)) return;
    const { name } = event.attributes;
    const seen = observe(await client.inspectContainer(event.id, signal));
    const last = histories.get(event.id)?.last ?? (seen ? undefined : await containerOf(event));
    const known = { ...histories.get(event.id), ...(last ? { last } : {}) };
    const step = followEvent(known, { action: event.action, at: event.at, ...(name ? { name } : {}) }, seen);
    histories.set(event.id, step.history);
    if (step.report) await inventory.observed(host, engine, step.report, clock.now());
  }

  /** A container that was gone before anyone could look at it, as its events describe it. */
  async function containerOf({ id, attributes }: EngineEvent): Promise<ObservedContainer | undefined> {
    const { image = '', name = '' } = attributes;
    const found = image === '' ? undefined : await client.inspectImage(image, signal);
    if (!found) return undefined;
    const labels = Object.fromEntries(Object.entries(attributes).filter(([key]) => !ownAttributes.has(key)));
    return { containerId: id, name, imageReference: image, imageId: found.imageId, labels, running: false };
  }
}

/** Undefined for what runs no image. */
function observe(container: EngineContainer | undefined): ObservedContainer | undefined {
  if (!container?.imageId) return undefined;
  return { ...container, imageId: container.imageId };
}

function changesImages(event: EngineEvent): boolean {
  return event.type === 'image' ? !idleImageActions.has(event.action) : event.action === 'commit';
}
