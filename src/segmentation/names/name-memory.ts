/** What containers asked for to get an address; bounded. */
export interface NameMemory {
  note(asker: string, name: string, addresses: readonly string[]): void;
  /** The latest last. */
  namesOf(asker: string, address: string): readonly string[];
  /** Those who still ask, each with what says that it is the same as before. */
  keep(askers: ReadonlyMap<string, { readonly id: string }>): void;
  /** All of it, bounded, for another start. */
  remembered(): readonly RememberedNames[];
  /** Of a start before; counts for an asker once it is known to be the same. */
  recall(before: readonly RememberedNames[]): void;
  /** Counts what was noted. */
  readonly revision: number;
}

export interface RememberedNames {
  readonly asker: string;
  readonly id: string;
  readonly names: readonly (readonly [address: string, names: readonly string[]])[];
}

const mostOfOneAsker = 4096;
const mostAskers = 20_000;
const mostNames = 8;
const mostRemembered = 100_000;

interface Memory {
  readonly id: string;
  readonly byAddress: Map<string, readonly string[]>;
}

export function createNameMemory(): NameMemory {
  let askers: ReadonlyMap<string, { readonly id: string }> = new Map();
  const known = new Map<string, Memory>();
  const before = new Map<string, Memory>();
  let revision = 0;
  return {
    note(asker, name, addresses) {
      const id = askers.get(asker)?.id;
      if (id === undefined) return;
      revision++;
      const memory: Memory = known.get(asker) ?? { id, byAddress: new Map() };
      // Moved to the end: what goes first is who asked longest ago.
      known.delete(asker);
      known.set(asker, memory);
      dropOldest(known, mostAskers);
      for (const address of addresses) {
        const names = (memory.byAddress.get(address) ?? []).filter((each) => each !== name);
        memory.byAddress.delete(address);
        memory.byAddress.set(address, [...names, name].slice(-mostNames));
      }
      dropOldest(memory.byAddress, mostOfOneAsker);
    },
    namesOf: (asker, address) => known.get(asker)?.byAddress.get(address) ?? [],
    keep(now) {
      askers = now;
      for (const [asker, { id }] of known) if (now.get(asker)?.id !== id) known.delete(asker);
      for (const [asker, memory] of before) {
        const id = now.get(asker)?.id;
        if (id === undefined) continue;
        before.delete(asker);
        if (id === memory.id && !known.has(asker)) known.set(asker, memory);
      }
    },
    remembered() {
      let room = mostRemembered;
      return [...known].reverse().flatMap(([asker, { id, byAddress }]) => {
        const names = [...byAddress].slice(0, room);
        room -= names.length;
        return names.length === 0 ? [] : [{ asker, id, names }];
      });
    },
    recall(remembered) {
      for (const { asker, id, names } of remembered) before.set(asker, { id, byAddress: new Map(names) });
    },
    get revision() {
      return revision;
    },
  };
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}
