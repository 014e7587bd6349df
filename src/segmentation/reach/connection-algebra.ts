import {
  allConnections,
  type ConnectionSet,
  hasNoConnection,
  intersectConnections,
  noConnections,
  trafficProtocols,
} from '../../model/index.ts';

/** Sets of connections by number, equal ones by the same, so that what is asked a million times is worked out once. */
export interface ConnectionAlgebra {
  readonly numberOf: (set: ConnectionSet) => number;
  readonly setOf: (number: number) => ConnectionSet;
  readonly intersect: (a: number, b: number) => number;
}

/** Numbers of the empty set and of the whole. */
export const noneNumber = 0;
export const allNumber = 1;

export function createConnectionAlgebra(): ConnectionAlgebra {
  const sets: ConnectionSet[] = [];
  const byContent = new Map<string, number>();
  // Pairs by the lower number: a key of both in one number ends at 2^26 sets.
  const shared: Map<number, number>[] = [];
  const numberOf = (set: ConnectionSet): number => {
    const content = hasNoConnection(set) ? '' : contentOf(set);
    const known = byContent.get(content);
    if (known !== undefined) return known;
    const number = sets.length;
    sets.push(set);
    shared.push(new Map());
    byContent.set(content, number);
    return number;
  };
  numberOf(noConnections);
  numberOf(allConnections);
  const setOf = (number: number): ConnectionSet => sets[number] as ConnectionSet;
  return {
    numberOf,
    setOf,
    intersect: (a, b) => {
      if (a === b || b === allNumber) return a;
      if (a === allNumber) return b;
      if (a === noneNumber || b === noneNumber) return noneNumber;
      const [low, high] = a < b ? [a, b] : [b, a];
      const known = shared[low]?.get(high);
      if (known !== undefined) return known;
      const number = numberOf(intersectConnections(setOf(low), setOf(high)));
      shared[low]?.set(high, number);
      return number;
    },
  };
}

function contentOf(set: ConnectionSet): string {
  return trafficProtocols.map((protocol) => set[protocol].map(({ from, end }) => `${from}-${end}`).join()).join('/');
}
