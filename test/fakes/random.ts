/** A small seeded generator (mulberry32), so that a fake fleet is the same on every run. */
export interface Random {
  /** From 0 up to and without `below`. */
  integer(below: number): number;
  /** True in that share of calls. */
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  hex(digits: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  const integer = (below: number) => Math.floor(next() * below);
  return {
    integer,
    chance: (share) => next() < share,
    pick: (items) => items[integer(items.length)] as never,
    hex: (digits) => Array.from({ length: digits }, () => integer(16).toString(16)).join(''),
  };
}
