import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type {
  ApiTokenList,
  AuthorList,
  ChangePage,
  ContainerOrigin,
  ContainerPage,
  DriftPage,
  FeedList,
  ImagePage,
  Impact,
  NotificationList,
  Overview,
  Passport,
  SessionView,
  StatementPage,
  Suggestions,
  WhoRunsAnswer,
} from './wire.ts';

/** The first word of each key is what an event of the fleet makes stale; see live.ts. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<SessionView>('session', {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
  refetchInterval: (query) => (query.state.status === 'error' ? 4_000 : false),
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => get<Overview>('overview', {}, signal),
  refetchInterval: 30_000,
});

export const feedsQuery = queryOptions({
  queryKey: ['feeds'],
  queryFn: ({ signal }) => get<FeedList>('feeds', {}, signal),
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => get<ApiTokenList>('tokens', {}, signal),
});

export const notificationsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: ({ signal }) => get<NotificationList>('notifications', {}, signal),
  refetchInterval: 15_000,
});

export const authorsQuery = queryOptions({
  queryKey: ['vex', 'authors'],
  queryFn: ({ signal }) => get<AuthorList>('vex/authors', {}, signal),
});
export const statementRows = (
  filter: { readonly feed: string | undefined; readonly author: string | undefined; readonly flaw: string },
  limit: number,
  offset: number,
  signal: AbortSignal,
) => get<StatementPage>('vex/statements', { ...filter, limit, offset }, signal);

export const suggestQuery = (prefix: string) =>
  queryOptions({
    queryKey: ['suggest', prefix],
    queryFn: ({ signal }) => get<Suggestions>('components/suggest', { q: prefix }, signal),
    enabled: prefix !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

export interface WhoRunsQuestion {
  readonly name: string;
  readonly version?: string | undefined;
  readonly at?: string | undefined;
}
/** `limit` 0 asks for the figures alone. */
export const whoRunsQuery = (question: WhoRunsQuestion) =>
  queryOptions({
    queryKey: ['who-runs', question],
    queryFn: ({ signal }) => get<WhoRunsAnswer>('who-runs', { ...question, limit: 0 }, signal),
    enabled: question.name !== '',
    placeholderData: keepPreviousData,
  });
export const whoRunsRows = (question: WhoRunsQuestion, limit: number, offset: number, signal: AbortSignal) =>
  get<WhoRunsAnswer>('who-runs', { ...question, limit, offset }, signal).then((answer) => ({
    items: answer.containers,
    total: answer.count,
  }));

export const imageRows = (search: string, limit: number, offset: number, signal: AbortSignal) =>
  get<ImagePage>('images', { search, limit, offset }, signal);

export interface ContainerFilter {
  readonly search?: string | undefined;
  readonly state?: 'running' | 'all' | undefined;
  readonly at?: string | undefined;
  readonly image?: string | undefined;
  readonly origin?: OriginFilter | undefined;
}
export type OriginFilter = ContainerOrigin['state'] | 'ad-hoc';
export const containerRows = (filter: ContainerFilter, limit: number, offset: number, signal?: AbortSignal) =>
  get<ContainerPage>('containers', { ...filter, limit, offset }, signal);

/** Whether the origin of what runs is known: it is where a registry has a document, and then of all that runs. */
export const originsKnownQuery = queryOptions({
  queryKey: ['containers', 'origins-known'],
  queryFn: async ({ signal }) => (await containerRows({ state: 'running' }, 1, 0, signal)).items[0]?.origin != null,
});

export const imagePassportQuery = (image: string) =>
  queryOptions({
    queryKey: ['passport', 'image', image],
    queryFn: ({ signal }) => get<Passport>(`images/${encodeURIComponent(image)}`, {}, signal),
  });

export const imageHistoryQuery = (image: string) =>
  queryOptions({
    queryKey: ['changes', 'image', image],
    queryFn: ({ signal }) => get<ChangePage>(`images/${encodeURIComponent(image)}/history`, { limit: 200 }, signal),
  });

export const impactQuery = (advisory: string) =>
  queryOptions({
    queryKey: ['changes', 'impact', advisory],
    queryFn: ({ signal }) => get<Impact>(`advisories/${encodeURIComponent(advisory)}`, { limit: 100 }, signal),
  });

export const changeRows = (kind: string | undefined, limit: number, offset: number, signal: AbortSignal) =>
  get<ChangePage>('changes', { kind, limit, offset }, signal);

export const driftLooksQuery = queryOptions({
  queryKey: ['drift', 'looks'],
  queryFn: ({ signal }) => get<DriftPage>('drift', { limit: 1 }, signal),
});
/** `all`: also of containers that ended, and what is there no longer. */
export const driftRows = (
  { search, all }: { readonly search: string; readonly all: boolean },
  limit: number,
  offset: number,
  signal: AbortSignal,
) => get<DriftPage>('drift', { search, ...(all ? { state: 'all', gone: 'true' } : {}), limit, offset }, signal);

export const hostPassportQuery = (host: string) =>
  queryOptions({
    queryKey: ['passport', 'host', host],
    queryFn: ({ signal }) => get<Passport>(`hosts/${encodeURIComponent(host)}`, {}, signal),
  });
