import { formatInstant, parseDigest } from '../base/index.ts';
import type { Workload, WorkloadStore } from '../model/index.ts';
import type { ContainerListQuery, ContainerOrigin, ContainerPage, ContainerRow } from '../model/wire/index.ts';
import { createOriginReader, type OriginParts, type OriginReader } from './container-origins.ts';
import { parseQueryTime } from './query-time.ts';
import { ServiceError } from './service-error.ts';

export interface ContainerParts extends OriginParts {
  readonly store: OriginParts['store'] & { readonly workloads: Pick<WorkloadStore, 'list'> };
}

type Filter = Omit<Parameters<WorkloadStore['list']>[0], 'limit' | 'offset'>;

/** Containers that run now, ran at a time, or every interval that is remembered. */
export async function listContainers(parts: ContainerParts, query: ContainerListQuery): Promise<ContainerPage> {
  const imageId = query.image === undefined ? undefined : parseDigest(query.image);
  if (query.image !== undefined && imageId === undefined) {
    throw new ServiceError('bad-query', `"${query.image}" is not an image ID`, {
      remedy: 'write it in full: sha256:…',
    });
  }
  const { limit = 100, offset = 0, search, origin } = query;
  const only: Filter = { ...(search ? { search } : {}), ...(imageId ? { imageId } : {}) };
  const origins = createOriginReader(parts);
  if (origin !== undefined) {
    if (query.at !== undefined || query.state === 'all') {
      throw new ServiceError('bad-query', 'where a container came from is known of those that run now alone', {
        remedy: 'ask without a time, and without those that ended',
      });
    }
    return listByOrigin(parts, { ...only, running: true }, origin, origins, { limit, offset });
  }
  const span = query.at === undefined ? undefined : parseQueryTime(query.at);
  const { items, total } = await parts.store.workloads.list({
    ...only,
    limit,
    offset,
    ...(span ? { from: span.from, to: span.to } : {}),
    ...(span === undefined && query.state !== 'all' ? { running: true } : {}),
  });
  return { items: await rowsOf(items, origins), total };
}

/** Containers that are looked at together: no query of the store is of one alone. */
const batch = 5000;

async function listByOrigin(
  { store }: ContainerParts,
  filter: Filter,
  wanted: NonNullable<ContainerListQuery['origin']>,
  origins: OriginReader,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<ContainerPage> {
  const page: ContainerRow[] = [];
  let total = 0;
  for (let at = 0; await origins.isAnythingToCompare(); at += batch) {
    const { items } = await store.workloads.list({ ...filter, limit: batch, offset: at });
    for (const row of await rowsOf(items, origins)) {
      const state = row.origin?.state;
      if (state === undefined || (wanted === 'ad-hoc' ? state === 'certified' : state !== wanted)) continue;
      if (total >= offset && page.length < limit) page.push(row);
      total++;
    }
    if (items.length < batch) break;
  }
  return { items: page, total };
}

async function rowsOf(workloads: readonly Workload[], origins: OriginReader): Promise<ContainerRow[]> {
  const found = await origins.of(workloads);
  return workloads.map((workload, at) => containerRow(workload, found[at] ?? null));
}

function containerRow(workload: Workload, origin: ContainerOrigin | null): ContainerRow {
  return { ...runView(workload), endedExact: workload.endedExact, labels: { ...workload.labels }, origin };
}

/** What every answer says of one run of a container. */
export function runView(workload: Workload): Omit<ContainerRow, 'endedExact' | 'labels' | 'origin'> {
  return {
    id: workload.containerId,
    name: workload.name,
    host: workload.host,
    engine: workload.engine,
    image: workload.imageReference,
    digest: workload.imageId,
    started: formatInstant(workload.started),
    ended: workload.ended === undefined ? null : formatInstant(workload.ended),
  };
}
