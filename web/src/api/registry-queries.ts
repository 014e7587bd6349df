import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { RegistryDiff, RegistryList } from './wire.ts';

/** Each answer asks the registries themselves: it is not asked for again by every visit. */
export const registriesQuery = queryOptions({
  queryKey: ['registries'],
  queryFn: ({ signal }) => get<RegistryList>('registries', {}, signal),
  staleTime: 60_000,
});

/** Reads all registries, maybe for minutes: asked for by hand alone, not by a visit and not when the line is back. */
export const registryDiffQuery = queryOptions({
  queryKey: ['registries-diff'],
  queryFn: ({ signal }) => get<RegistryDiff>('registries/diff', {}, signal),
  enabled: false,
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60 * 60_000,
});
