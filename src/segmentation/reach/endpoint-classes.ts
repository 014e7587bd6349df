import { type AddressSet, parseAddress, spansOf } from '../../base/index.ts';
import type { TrafficEndpoint, TrafficModel } from '../../model/index.ts';
import type { TableIndex } from './table-index.ts';

/** Endpoints that nothing tells apart: the same tables hold for them, and the same peers have them. */
export interface EndpointClass {
  readonly number: number;
  /** In the order of the model; never empty. */
  readonly endpoints: readonly TrafficEndpoint[];
  /** Indices of tables; undefined where all passes. */
  readonly outbound: number | undefined;
  readonly inbound: number | undefined;
  /** Those that tables speak of, without `*`. */
  readonly populations: readonly string[];
}

/** `today`: tables of an endpoint in mode observe refuse nothing. */
export type AsIf = 'enforced' | 'today';

/** In the order of their first endpoints. Takes time in proportion to the memberships of all endpoints. */
export function endpointClasses(
  model: TrafficModel,
  indexes: readonly TableIndex[],
  asIf: AsIf = 'enforced',
): readonly EndpointClass[] {
  const memberships = model.endpoints.map((): number[] => []);
  const names: string[] = [];
  for (const population of new Set(indexes.flatMap(({ byPopulation }) => [...byPopulation.keys()]))) {
    const number = names.push(population) - 1;
    for (const member of model.populations.get(population) ?? []) memberships[member]?.push(number);
  }
  const classes = new Map<string, { of: Omit<EndpointClass, 'number' | 'endpoints'>; endpoints: TrafficEndpoint[] }>();
  for (const [index, endpoint] of model.endpoints.entries()) {
    const refuses = asIf === 'enforced' || endpoint.mode === 'enforce';
    const [outbound, inbound] = refuses ? [endpoint.outbound, endpoint.inbound] : [];
    const populations = memberships[index] ?? [];
    const key = `${outbound}/${inbound}/${populations.join()}`;
    const known = classes.get(key);
    if (known !== undefined) known.endpoints.push(endpoint);
    else {
      const of = { outbound, inbound, populations: populations.map((number) => names[number] as string) };
      classes.set(key, { of, endpoints: [endpoint] });
    }
  }
  return [...classes.values()].map(({ of, endpoints }, number) => ({ ...of, number, endpoints }));
}

/** All addresses that endpoints have: these are not outside. */
export function endpointAddresses(model: TrafficModel): AddressSet {
  const addresses = model.endpoints.flatMap((endpoint) =>
    endpoint.addresses.flatMap((text) => parseAddress(text) ?? []),
  );
  return {
    v4: spansOf(addresses.flatMap(({ family, value }) => (family === 4 ? [{ from: value, end: value + 1 }] : []))),
    v6: spansOf(addresses.flatMap(({ family, value }) => (family === 6 ? [{ from: value, end: value + 1n }] : []))),
  };
}
