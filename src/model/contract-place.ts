/** The lists of an input contract, and the one switch beside them. */
export const contractPlaces = ['variable', 'argument', 'mount', 'file', 'port', 'user', 'entrypoint'] as const;
export type ContractPlace = (typeof contractPlaces)[number];
