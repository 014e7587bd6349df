import { formatInstant, parseDigest } from '../base/index.ts';
import type { Store, Workload } from '../model/index.ts';
import type { ContainerListQuery, ContainerPage, ContainerRow } from '../model/wire/index.ts';
import { parseQueryTime } from './query-time.ts';
import { ServiceError } from './service-error.ts';

/** Containers that run now, ran at a time, or every interval that is remembered. */
export async function listContainers(store: Store, query: ContainerListQuery): Promise<ContainerPage> {
  const imageId = query.image === undefined ? undefined : parseDigest(query.image);
  if (query.image !== undefined && imageId === undefined) {
    throw new ServiceError('bad-query', `"${query.image}" is not an image ID`, {
      remedy: 'write it in full: sha256:…',
    });
  }
  const span = query.at === undefined ? undefined : parseQueryTime(query.at);
  const page = await store.workloads.list({
    limit: query.limit ?? 100,
    offset: query.offset ?? 0,
    ...(query.search ? { search: query.search } : {}),
    ...(imageId ? { imageId } : {}),
    ...(span ? { from: span.from, to: span.to } : {}),
    ...(span === undefined && query.state !== 'all' ? { running: true } : {}),
  });
  return { items: page.items.map(containerRow), total: page.total };
}

export function containerRow(workload: Workload): ContainerRow {
  return { ...runView(workload), endedExact: workload.endedExact, labels: { ...workload.labels } };
}

/** What every answer says of one run of a container. */
export function runView(workload: Workload): Omit<ContainerRow, 'endedExact' | 'labels'> {
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
