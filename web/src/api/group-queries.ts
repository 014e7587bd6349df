import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import type {
  ConnectionExplanation,
  DocumentFilesInput,
  ExplainConnectionQuery,
  FlowPage,
  GroupDetail,
  GroupDraft,
  GroupList,
  GroupMap,
  GroupPlan,
  NetworkList,
  TrafficEventPage,
} from './wire.ts';

export const groupsQuery = queryOptions({
  queryKey: ['groups', 'list'],
  queryFn: ({ signal }) => get<GroupList>('groups', {}, signal),
  refetchInterval: 30_000,
});

const day = 86_400_000;
/** So many days until now; as text, as the API takes it. */
const sinceDays = (days: number) => new Date(Date.now() - days * day).toISOString();

export const groupMapQuery = (days: number, host?: string) =>
  queryOptions({
    queryKey: ['groups', 'map', days, host],
    queryFn: ({ signal }) => get<GroupMap>('traffic/map', { since: sinceDays(days), host }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

export const groupQuery = (name: string) =>
  queryOptions({
    queryKey: ['groups', 'one', name],
    queryFn: ({ signal }) => get<GroupDetail>(`groups/${encodeURIComponent(name)}`, {}, signal),
  });

/** Groups as what was recorded would have them. */
export const suggestGroups = () => get<GroupDraft>('traffic/suggest');

export const explainQuery = (query: ExplainConnectionQuery) =>
  queryOptions({
    queryKey: ['groups', 'explain', query],
    queryFn: ({ signal }) => get<ConnectionExplanation>('traffic/explain', { ...query }, signal),
  });

/** Asks and changes nothing. */
export const planGroups = (text: string) =>
  post<GroupPlan>('traffic/plan', { files: [{ name: 'editor', text }] } satisfies DocumentFilesInput);

export interface FlowFilter {
  readonly group?: string | undefined;
  readonly outcome?: string | undefined;
  readonly edge?: string | undefined;
  readonly host?: string | undefined;
  readonly new?: 'true' | undefined;
  readonly days?: number | undefined;
}
export const flowRows = ({ days, ...filter }: FlowFilter, limit: number, offset: number, signal: AbortSignal) =>
  get<FlowPage>('flows', { ...filter, since: days === undefined ? undefined : sinceDays(days), limit, offset }, signal);

/** The newest hundred of an edge or of a group. */
export const flowsQuery = (filter: FlowFilter) =>
  queryOptions({
    queryKey: ['flows', filter],
    queryFn: ({ signal }) => flowRows(filter, 100, 0, signal),
  });

/** For how long each host recorded. */
export const recordingsQuery = queryOptions({
  queryKey: ['flows', 'recordings'],
  queryFn: async ({ signal }) => (await flowRows({}, 1, 0, signal)).recordings,
});

export interface EventFilter {
  readonly kind?: string | undefined;
  readonly host?: string | undefined;
}
export const trafficEventRows = (filter: EventFilter, limit: number, offset: number, signal: AbortSignal) =>
  get<TrafficEventPage>('traffic/events', { ...filter, limit, offset }, signal);

export const alarmsQuery = queryOptions({
  queryKey: ['traffic', 'alarms'],
  queryFn: ({ signal }) =>
    get<TrafficEventPage>('traffic/events', { kind: 'listed', since: sinceDays(1), limit: 1 }, signal),
});

export const networksQuery = queryOptions({
  queryKey: ['networks'],
  queryFn: ({ signal }) => get<NetworkList>('networks', {}, signal),
  refetchInterval: 30_000,
});
