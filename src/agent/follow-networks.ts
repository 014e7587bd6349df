import { type Clock, type Log, mapConcurrent } from '../base/index.ts';
import { type EngineClient, type EngineEvent, ImageError } from '../image/index.ts';
import type { NetworkedContainer } from '../model/index.ts';
import { createEventQueue } from './event-queue.ts';
import type { SegmentedHost } from './segmented-host.ts';

export interface FollowParts {
  readonly host: SegmentedHost;
  readonly clock: Clock;
  readonly log: Log;
  /** Something may have to hold now that did not. */
  readonly onChange: () => void;
  /** Called once, when everything was looked at. */
  readonly onFollowing: () => void;
  /** Milliseconds between two full looks. */
  readonly reconcileEvery: number;
}

const maxWaitingEvents = 20_000;
const inspectionsAtOnce = 16;
/** Milliseconds after which a container is looked at again whose interfaces were not there yet. */
const retries = [100, 400, 1500];

/** A container has ends from `start` on; `create` and podman's `init` come before, while its networks can still be learned. */
const looks = new Set(['start', 'rename', 'update', 'unpause']);
const prepares = new Set(['create', 'init']);

/**
 * Keeps what is known of a host in step with one engine: listens first, then looks at everything, then follows. One event
 * costs one look at one container. Always rejects, with ImageError or SegmentationError.
 */
export async function followNetworks(client: EngineClient, parts: FollowParts, signal: AbortSignal): Promise<never> {
  const { host, clock, log, onChange, onFollowing, reconcileEvery } = parts;
  const engine = client.kind;
  const ended = new ImageError('unreachable', `the ${engine} engine at ${client.socket} closed its events`);
  const stream = await client.events(signal, ['container', 'network']);
  const events = createEventQueue(stream, maxWaitingEvents, ended);
  const again = new Map<string, { at: number; tries: number }>();
  await lookAtEverything();
  let nextLook = clock.now() + reconcileEvery;
  onFollowing();
  onChange();

  for (;;) {
    const next = Math.min(nextLook, ...[...again.values()].map(({ at }) => at));
    const event = await events.next(Math.max(0, next - clock.now()));
    if (events.takeOverflow() || clock.now() >= nextLook) {
      await lookAtEverything();
      nextLook = clock.now() + reconcileEvery;
      onChange();
      continue;
    }
    const before = host.revision;
    if (event) await follow(event);
    for (const [id, { at }] of again) if (clock.now() >= at) await look(id);
    if (host.revision !== before) onChange();
  }

  async function lookAtEverything(): Promise<void> {
    again.clear();
    const networks = await client.networks(signal);
    const ids = await client.containerIds(signal);
    const found = await mapConcurrent(ids, inspectionsAtOnce, (id) => client.inspectAttached(id, signal));
    const running = found.flatMap((container) => (container?.running ? [container] : []));
    await host.replace(engine, networks, running);
    log.debug({ engine, containers: running.length, networks: networks.length }, 'looked at the networks of an engine');
  }

  async function follow({ type, action, id, attributes }: EngineEvent): Promise<void> {
    if (type === 'network') {
      if (action !== 'connect' && action !== 'disconnect') {
        await host.replaceNetworks(engine, await client.networks(signal));
        return;
      }
      // docker names the container among the attributes, podman is about it.
      await look(attributes.container ?? id);
      return;
    }
    if (type !== 'container') return;
    if (action === 'die' || action === 'destroy') {
      again.delete(id);
      host.remove(engine, id);
      return;
    }
    if (looks.has(action)) await look(id);
    else if (prepares.has(action)) await learnNetworksOf(id);
  }

  async function look(id: string): Promise<void> {
    const container = await client.inspectAttached(id, signal);
    if (!container?.running) {
      again.delete(id);
      host.remove(engine, id);
      return;
    }
    if (!host.knowsNetworksOf(engine, container)) await host.replaceNetworks(engine, await client.networks(signal));
    const now = await host.add(engine, container);
    if (now && isWaiting(now)) postpone(id);
    else again.delete(id);
  }

  /** So that its bridge is closed for it before it runs. */
  async function learnNetworksOf(id: string): Promise<void> {
    const container = await client.inspectAttached(id, signal);
    if (!container || host.knowsNetworksOf(engine, container)) return;
    await host.replaceNetworks(engine, await client.networks(signal));
  }

  function postpone(id: string): void {
    const tries = again.get(id)?.tries ?? 0;
    const wait = retries[tries];
    if (wait === undefined) again.delete(id);
    else again.set(id, { at: clock.now() + wait, tries: tries + 1 });
  }
}

/** An end of it is closed that the kernel may know in a moment. */
export function isWaiting({ outOfReach }: NetworkedContainer): boolean {
  return outOfReach.some(({ driver }) => driver === 'bridge');
}
