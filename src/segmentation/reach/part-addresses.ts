import type { AddressSet, Span, Spans } from '../../base/index.ts';

/** Addresses that lie in the same sets. */
export interface AddressPart {
  /** Indices of the sets, ascending. */
  readonly sets: readonly number[];
  readonly addresses: AddressSet;
}

interface State {
  readonly sets: readonly number[];
  /** The state that one set more, or less, leads to. */
  readonly toggled: Map<number, State>;
  readonly v4: Span<number>[];
  readonly v6: Span<bigint>[];
}

/**
 * Parts all addresses that lie in any of the sets by which of them they lie in; no part is empty. Takes the time of sorting
 * all spans, and the memory of the parts: at most two spans for each that is given.
 */
export function partAddresses(sets: readonly AddressSet[]): readonly AddressPart[] {
  const states = new Map<string, State>();
  const stateOf = (members: readonly number[]): State => {
    const key = members.join();
    const known = states.get(key);
    if (known !== undefined) return known;
    const state: State = { sets: members, toggled: new Map(), v4: [], v6: [] };
    states.set(key, state);
    return state;
  };
  const toggle = (state: State, set: number): State => {
    const known = state.toggled.get(set);
    if (known !== undefined) return known;
    const rest = state.sets.filter((member) => member !== set);
    const next = stateOf(rest.length < state.sets.length ? rest : [...state.sets, set].sort((a, b) => a - b));
    state.toggled.set(set, next);
    return next;
  };
  const sweep = <Point extends number | bigint>(
    spansOfSet: (set: AddressSet) => Spans<Point>,
    spansOfState: (state: State) => Span<Point>[],
  ): void => {
    const edges: { readonly at: Point; readonly set: number }[] = [];
    for (const [set, addresses] of sets.entries())
      for (const { from, end } of spansOfSet(addresses)) edges.push({ at: from, set }, { at: end, set });
    edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    let state = stateOf([]);
    let from = edges[0]?.at;
    for (const { at, set } of edges) {
      if (from !== undefined && at > from && state.sets.length > 0) spansOfState(state).push({ from, end: at });
      from = at;
      state = toggle(state, set);
    }
  };
  sweep<number>(
    ({ v4 }) => v4,
    ({ v4 }) => v4,
  );
  sweep<bigint>(
    ({ v6 }) => v6,
    ({ v6 }) => v6,
  );
  return [...states.values()]
    .filter(({ v4, v6 }) => v4.length + v6.length > 0)
    .map(({ sets: members, v4, v6 }) => ({ sets: members, addresses: { v4, v6 } }));
}
