export interface LockedPackage {
  readonly name: string;
  readonly version: string;
}

/** The packages that a lock file asks for, or why it cannot be read. */
export type LockedPackages = { readonly packages: readonly LockedPackage[] } | { readonly reason: string };

export const mostPackages = 100_000;
