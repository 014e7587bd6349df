import type { OriginFilter } from '../../api/queries.ts';
import type { ContainerOrigin } from '../../api/wire.ts';

type State = ContainerOrigin['state'];

export const nameOf: Readonly<Record<OriginFilter, string>> = {
  'ad-hoc': 'ad hoc',
  'never-certified': 'never certified',
  'was-certified': 'was certified',
  'tag-moved': 'tag moved',
  certified: 'certified',
};
export const meaningOf: Readonly<Record<State, string>> = {
  'never-certified': 'It was certified in no registry: built here, loaded, or pulled past the gate',
  'was-certified': 'Its certificate was withdrawn or ran out',
  'tag-moved': 'It is certified, and the tag that it was started by names another certified image now',
  certified: 'Its certificate holds',
};

/** What may be asked for, `ad-hoc` first: all that is not certified. */
export const originFilters = Object.keys(nameOf) as OriginFilter[];

/** Undefined where the text is none that may be asked for. */
export const originFilterOf = (text: unknown): OriginFilter | undefined => originFilters.find((each) => each === text);
