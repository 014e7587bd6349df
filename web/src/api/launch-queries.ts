import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { LaunchDetail, LaunchPage, TicketPage, TicketView } from './wire.ts';

export interface LaunchFilter {
  readonly outcome?: string | undefined;
  readonly observed?: 'true' | 'false' | undefined;
  readonly text?: string | undefined;
}
export const launchRows = (filter: LaunchFilter, limit: number, offset: number, signal: AbortSignal) =>
  get<LaunchPage>('launches', { ...filter, limit, offset }, signal);

export const launchQuery = (id: string) =>
  queryOptions({
    queryKey: ['launches', 'one', id],
    queryFn: ({ signal }) => get<LaunchDetail>(`launches/${encodeURIComponent(id)}`, {}, signal),
  });

/** The newest hundred: who waits for an answer does not wait behind others for long. */
export const ticketsQuery = (state: TicketView['state'] | undefined) =>
  queryOptions({
    queryKey: ['tickets', state],
    queryFn: ({ signal }) => get<TicketPage>('tickets', { state, limit: 100 }, signal),
  });
