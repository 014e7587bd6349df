import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, post } from './client.ts';
import type { ContractDetail, ContractDraft, ContractList, ContractSight, ContractTrials } from './wire.ts';

/** Starts come all the time; each look reads thousands of them. */
const lookEvery = 30_000;

export const contractsQuery = (days: number) =>
  queryOptions({
    queryKey: ['contracts', 'list', days],
    queryFn: ({ signal }) => get<ContractList>('contracts', { days }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 2 * lookEvery,
  });

/** One in force; what was seen of it is asked for by its text. */
export const contractQuery = (name: string) =>
  queryOptions({
    queryKey: ['contracts', 'one', name],
    queryFn: ({ signal }) => get<ContractDetail>(`contracts/${encodeURIComponent(name)}`, { days: 1 }, signal),
  });

/** As its starts would have it; learned once, and then written on by a person. */
export const contractDraftQuery = (image: string) =>
  queryOptions({
    queryKey: ['contracts', 'draft', image],
    queryFn: () => learnContract(image),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
export const learnContract = (image: string) => post<ContractDraft>('contracts/draft', { image });

/** A text beside what was seen; what was seen for the text before stays in sight meanwhile. */
export const sightQuery = (text: string, days: number, enabled: boolean) =>
  queryOptions({
    queryKey: ['contracts', 'sight', days, text],
    queryFn: () => post<ContractSight>('contracts/look', { text, days }),
    placeholderData: keepPreviousData,
    staleTime: lookEvery,
    gcTime: lookEvery,
    retry: false,
    enabled,
  });

export const testContract = (text: string, launches: string) =>
  post<ContractTrials>('contracts/test', { text, launches });
