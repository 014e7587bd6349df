import { parseVersionRange, VersionError, type VersionRange, versionInRange } from '../advisory/index.ts';
import type { Clock } from '../base/index.ts';
import type { InventoryAnswer, When } from '../inventory/index.ts';
import { hasVersionOrder, type StoredComponent } from '../model/index.ts';
import type { RunningContainer, WhoRunsAnswer, WhoRunsQuery } from '../model/wire/index.ts';
import { type ComponentQuery, parseComponentQuery } from './component-query.ts';
import { runView } from './containers.ts';
import {
  type Inventory,
  type InventorySource,
  loadInventory,
  loadInventoryFor,
  loadInventoryOf,
  updateInventory,
} from './load-inventory.ts';
import { parseQueryTime, type TimeSpan } from './query-time.ts';
import { ServiceError } from './service-error.ts';

export interface WhoRuns {
  /** Throws ServiceError `bad-query`. */
  answer(query: WhoRunsQuery): Promise<WhoRunsAnswer>;
  /** The inventory as far as it is about these components, as it is now, for as many questions about them as one has. */
  about(components: readonly StoredComponent[]): Promise<AskInventory>;
  /** Takes the whole inventory into memory, and keeps it true from then on. Before it, each question reads its own part. */
  refresh(): Promise<void>;
}

/** Who holds any of these components, now or then. */
export type AskInventory = (
  components: readonly StoredComponent[],
  question?: { readonly when?: When; readonly limit?: number },
) => InventoryAnswer;

/** Who runs a component, now or then, and what cannot be said of it. */
export function createWhoRuns(parts: { readonly store: InventorySource; readonly clock: Clock }): WhoRuns {
  const { store, clock } = parts;
  let whole: Inventory | undefined;
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;

  /** One at a time; whoever asks while one runs waits for the next, which sees all that was written before. */
  function refresh(): Promise<void> {
    if (running) {
      queued ??= running
        .catch(() => {}) // Whoever started it hears of it.
        .then(() => {
          queued = undefined;
          return refresh();
        });
      return queued;
    }
    running = bringUpToDate().finally(() => {
      running = undefined;
    });
    return running;
  }

  async function bringUpToDate(): Promise<void> {
    whole = whole ? await updateInventory(store, whole) : await loadInventory(store);
  }

  async function answer(query: WhoRunsQuery): Promise<WhoRunsAnswer> {
    const asked = parseComponentQuery(query.name);
    const range = query.version === undefined ? undefined : parseRange(query.version);
    const when = query.at === undefined ? 'now' : parsePast(query.at, clock);
    if (whole || running) await refresh();
    const { index, directory } = whole ?? (await loadInventoryFor(store, asked));
    const { found: all, undetermined } = sortOut(directory.find(asked), range);
    const found = query.evidence === 'any' ? all : all.filter(({ merely }) => merely === undefined);
    const inventory = index.ask({
      components: found.map((component) => component.componentId),
      undetermined: undetermined.map((component) => component.componentId),
      when,
      limit: query.limit ?? 100,
      offset: query.offset ?? 0,
    });
    const merely = found.length === all.length ? 0 : countOf(index, all, when) - inventory.containers;
    return {
      count: inventory.containers,
      images: inventory.images,
      imagesNotRunning: inventory.imagesNotRunning,
      hosts: [...inventory.hosts],
      merely,
      undetermined: inventory.undetermined,
      unread: inventory.unread,
      containers: await describe(
        inventory.rows,
        found.toSorted((a, b) => compareForAnswer(a, b, asked)),
      ),
    };
  }

  async function about(components: readonly StoredComponent[]): Promise<AskInventory> {
    if (whole || running) await refresh();
    const { index } = whole ?? (await loadInventoryOf(store, components));
    return (asked, { when = 'now', limit = 0 } = {}) =>
      index.ask({
        components: asked.map(({ componentId }) => componentId),
        undetermined: [],
        when,
        limit,
        offset: 0,
      });
  }

  async function describe(
    rows: InventoryAnswer['rows'],
    components: readonly StoredComponent[],
  ): Promise<RunningContainer[]> {
    if (rows.length === 0) return [];
    const workloads = await store.workloads.byId(rows.map((row) => row.workloadId));
    const order = new Map(components.map((component, index) => [component.componentId, index] as const));
    return rows.flatMap((row) => {
      const workload = workloads.get(row.workloadId);
      if (!workload) return [];
      const [first, ...others] = row.components
        .map((id) => order.get(id))
        .filter((index) => index !== undefined)
        .sort((a, b) => a - b)
        .flatMap((index) => components[index] ?? []);
      return {
        ...runView(workload),
        component: first?.purl ?? '',
        evidence: first?.merely ?? 'installed',
        otherComponents: [...new Set(others.map(({ purl }) => purl))],
      };
    });
  }

  return { answer, about, refresh };
}

function countOf(index: Inventory['index'], components: readonly StoredComponent[], when: When): number {
  const ids = components.map(({ componentId }) => componentId);
  return index.ask({ components: ids, undetermined: [], when, limit: 0, offset: 0 }).containers;
}

/** What is installed comes first, and who is asked for by name before its siblings of the same source. */
function compareForAnswer(a: StoredComponent, b: StoredComponent, asked: ComponentQuery): number {
  const isMerely = Number(a.merely !== undefined) - Number(b.merely !== undefined);
  return (
    isMerely || Number(asked.isNamed(b)) - Number(asked.isNamed(a)) || (a.purl < b.purl ? -1 : Number(a.purl > b.purl))
  );
}

/** Components in the range, and those of which that cannot be said. */
function sortOut(components: readonly StoredComponent[], range: VersionRange | undefined) {
  if (!range) return { found: components, undetermined: [] };
  const found: StoredComponent[] = [];
  const undetermined: StoredComponent[] = [];
  for (const component of components) {
    const { ecosystem, version } = component;
    try {
      if (!hasVersionOrder(ecosystem)) undetermined.push(component);
      else if (versionInRange(ecosystem, version, range)) found.push(component);
    } catch (error) {
      if (!(error instanceof VersionError)) throw error;
      undetermined.push(component);
    }
  }
  return { found, undetermined };
}

function parseRange(text: string): VersionRange {
  try {
    return parseVersionRange(text);
  } catch (cause) {
    if (!(cause instanceof VersionError)) throw cause;
    throw new ServiceError('bad-query', cause.message, { cause, ...(cause.remedy ? { remedy: cause.remedy } : {}) });
  }
}

function parsePast(text: string, clock: Clock): TimeSpan {
  const span = parseQueryTime(text);
  if (span.from <= clock.now()) return span;
  throw new ServiceError('bad-query', `"${text}" lies in the future`, { remedy: 'Ask for a time that has passed' });
}
