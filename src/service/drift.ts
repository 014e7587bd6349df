import { type Clock, formatInstant, type Log } from '../base/index.ts';
import { inspectRule } from '../inspect/index.ts';
import type { ContainerKey, StoredDriftFinding, Workload } from '../model/index.ts';
import type { DriftPage, DriftQuery, DriftRow, LookView } from '../model/wire/index.ts';
import { type LookParts, lookAtContainer } from './look-at-container.ts';
import { ServiceError } from './service-error.ts';
import type { DriftService, EventBus } from './services.ts';

export interface DriftParts extends LookParts {
  readonly events: EventBus;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this machine: whose containers can be looked at from here. */
  readonly host: string;
}

const findingsAtMost = 1000;

/** What containers have that their images did not bring. */
export function createDriftService(parts: DriftParts): DriftService {
  const { store } = parts;

  return {
    async list(query) {
      const [page, looks, { running }] = await Promise.all([
        store.drift.list(storeQuery(query)),
        store.drift.counts(),
        store.workloads.counts(),
      ]);
      return { items: page.items.map(driftRow), total: page.total, looks: { ...looks, running } } satisfies DriftPage;
    },

    async look(container, signal = new AbortController().signal) {
      const found = await findRunning(parts, container);
      if (!found) return undefined;
      if (found.host === parts.host) return viewOf(parts, found, await lookAndRecord(parts, found, signal));
      await store.jobs.enqueue(
        { kind: 'look-at-container', subject: subjectOf(found), source: '', host: found.host, priority: 0 },
        parts.clock.now(),
      );
      return {
        ...emptyView(found),
        state: 'queued',
        message: `the Portwarden of ${found.host} looks as soon as it can`,
      } satisfies LookView;
    },
  };
}

/** Looks at a container of this machine, and remembers what it saw. Gives how many findings are new. */
export async function lookAndRecord(parts: DriftParts, container: Workload, signal: AbortSignal): Promise<number> {
  const look = await lookAtContainer(parts, container, signal);
  const appeared = await parts.store.drift.record(look);
  const { host, engine, containerId, name, result } = look;
  if ('failure' in result) parts.log.debug({ engine, container: name, error: result.failure }, 'could not look at it');
  if (appeared.length > 0) {
    parts.log.warn(
      { engine, container: name, findings: appeared.length },
      'a container has what its image did not bring',
    );
    parts.events.publish({ type: 'drift', host, container: containerId, name, appeared: appeared.length });
  }
  return appeared.length;
}

/** How a job names a container of its host. */
export function subjectOf({ engine, containerId }: ContainerKey): string {
  return `${engine}/${containerId}`;
}

async function findRunning({ store }: DriftParts, text: string): Promise<Workload | undefined> {
  const items: Workload[] = [];
  for (let total = 1; items.length < total; ) {
    const page = await store.workloads.list({ search: text, running: true, limit: 1000, offset: items.length });
    total = page.items.length === 0 ? 0 : page.total;
    items.push(...page.items);
  }
  const named = items.filter(({ name, containerId }) => name === text || containerId === text);
  const isPrefix = /^[0-9a-f]{4,64}$/.test(text);
  const found = named.length > 0 ? named : items.filter(({ containerId }) => isPrefix && containerId.startsWith(text));
  if (found.length > 1)
    throw new ServiceError('ambiguous-container', `"${text.slice(0, 100)}" is the name of ${found.length} containers`, {
      remedy: `write the ID of one: ${found
        .map(({ host, containerId }) => `${containerId.slice(0, 12)} on ${host}`)
        .slice(0, 5)
        .join(', ')}`,
    });
  return found[0];
}

async function viewOf({ store }: DriftParts, container: Workload, appeared: number): Promise<LookView> {
  const state = await store.drift.state(container);
  const { items } = await store.drift.list({ container, limit: findingsAtMost, offset: 0 });
  return {
    ...emptyView(container),
    state: state?.failure === undefined ? 'looked' : 'failed',
    message: state?.failure ?? null,
    seenBy: state?.seenBy ?? null,
    appeared,
    items: items.map(driftRow),
    more: state?.more ?? 0,
    problems: [...(state?.problems ?? [])],
  };
}

function emptyView(container: Workload): Omit<LookView, 'state'> {
  const view = containerView(container);
  return { container: view, message: null, seenBy: null, appeared: 0, items: [], more: 0, problems: [] };
}

function storeQuery({ search, severity, state, gone, limit = 100, offset = 0 }: DriftQuery) {
  return {
    limit,
    offset,
    ...(search ? { search } : {}),
    ...(severity ? { severity } : {}),
    ...(state === 'all' ? {} : { running: true as const }),
    ...(gone ? { gone } : {}),
  };
}

function driftRow(finding: StoredDriftFinding): DriftRow {
  const { rule, severity, confidence, subject, detail, changedAt, goneAt } = finding;
  const { title = rule, remedy = '' } = inspectRule(rule) ?? {};
  return {
    rule,
    title,
    remedy,
    severity,
    confidence,
    subject,
    detail,
    container: containerView(finding),
    absentAt: formatInstant(finding.absentAt),
    firstSeen: formatInstant(finding.firstSeen),
    lastSeen: formatInstant(finding.lastSeen),
    changedAt: changedAt === undefined ? null : formatInstant(changedAt),
    goneAt: goneAt === undefined ? null : formatInstant(goneAt),
  };
}

function containerView({
  containerId,
  name,
  host,
  engine,
  imageReference,
  imageId,
}: Pick<StoredDriftFinding, 'containerId' | 'name' | 'host' | 'engine' | 'imageReference' | 'imageId'>) {
  return { id: containerId, name, host, engine, image: imageReference, digest: imageId };
}
