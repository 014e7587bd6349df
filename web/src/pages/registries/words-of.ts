import type { RegistryDiff } from '../../api/wire.ts';

type Row = RegistryDiff['rows'][number];

/** To the second: two builds of one minute are still told apart. */
const instant = /(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d+Z/g;

/** What differs about a tag in one of the registries, said of that registry; none where nothing is said of it. */
export function wordsOf(registries: RegistryDiff['registries'], { cells, differences }: Row, at: number): string[] {
  const name = registries[at]?.name;
  const digest = cells[at]?.digest;
  return differences.flatMap(({ kind, registries: held, message }) => {
    if (name === undefined || !held.includes(name)) return [];
    if (kind !== 'different-digest') return [message.replace(instant, '$1 $2')];
    // The message names the digests of all registries, which the other cells show.
    const others = registries.filter((_, other) => {
      const found = cells[other]?.digest;
      return found != null && found !== digest;
    });
    return [`another image than in ${others.map((each) => each.name).join(', ')}`];
  });
}
