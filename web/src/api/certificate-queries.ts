import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type {
  CertificateHistory,
  CertificatePage,
  DocumentList,
  QueueView,
  ResolutionPage,
  ResolveAnswer,
} from './wire.ts';

export interface CertificatePlace {
  readonly registry?: string | undefined;
  readonly repository?: string | undefined;
}
export const certificateRows = (place: CertificatePlace, limit: number, offset: number, signal: AbortSignal) =>
  get<CertificatePage>('certificates', { ...place, limit, offset }, signal);

/** The newest thousand at a place: where certificates are, and for which platforms. */
export const certificatesAtQuery = (place: CertificatePlace) =>
  queryOptions({
    queryKey: ['certificates', 'at', place],
    queryFn: ({ signal }) => certificateRows(place, 1000, 0, signal),
  });

export const certificateHistoryQuery = (image: string) =>
  queryOptions({
    queryKey: ['certificates', 'history', image],
    queryFn: ({ signal }) => get<CertificateHistory>('certificates/history', { image }, signal),
    enabled: image !== '',
  });

/** An event tells the end of a judgement; that one waits or begins is seen by asking. */
export const queueQuery = queryOptions({
  queryKey: ['certificates', 'queue'],
  queryFn: ({ signal }) => get<QueueView>('certificates/queue', {}, signal),
  refetchInterval: 5_000,
});

export interface ResolveQuestion {
  readonly repository: string;
  readonly channel: string | undefined;
  readonly platform: string | undefined;
}
export const resolveQuery = (question: ResolveQuestion) =>
  queryOptions({
    queryKey: ['certificates', 'resolve', question],
    queryFn: ({ signal }) => get<ResolveAnswer>('resolve', { ...question }, signal),
    enabled: question.repository !== '',
    placeholderData: keepPreviousData,
  });

export const resolutionsQuery = (repository: string) =>
  queryOptions({
    queryKey: ['certificates', 'resolutions', repository],
    queryFn: ({ signal }) => get<ResolutionPage>('resolutions', { repository, limit: 200 }, signal),
    enabled: repository !== '',
  });

/** No event tells of documents: another console or the command line may have applied some. */
export const documentsQuery = queryOptions({
  queryKey: ['documents'],
  queryFn: ({ signal }) => get<DocumentList>('documents', {}, signal),
  refetchInterval: 30_000,
});
