const mebibyte = 1024 * 1024;

/** How much of a feed is taken before it is refused. Bytes, entries, milliseconds. */
export const feedLimits = {
  /** What is downloaded, or read from one file, as it comes. */
  sourceBytes: 4096 * mebibyte,
  /** All documents of a feed together, unpacked. */
  unpackedBytes: 16_384 * mebibyte,
  /** One OSV record. */
  recordBytes: 32 * mebibyte,
  /** One document of Alpine's security database, or one package of the Debian tracker. */
  documentBytes: 64 * mebibyte,
  /** All of Alpine's database, or of the Debian tracker, which are held in memory. */
  gatheredBytes: 512 * mebibyte,
  /** Files of a directory, or entries of an archive. */
  entries: 5_000_000,
  directoryDepth: 32,
  /** Redirects that are followed. */
  redirects: 5,
  connectTime: 15_000,
  /** The longest pause of a server. */
  stallTime: 60_000,
  downloadTime: 30 * 60_000,
  /** Requests for one download, of which each goes on where the one before broke off. */
  attempts: 5,
  /** Before the second request; twice as long before each further one. */
  retryWait: 1000,
  longestRetryWait: 60_000,
} as const;

export type FeedLimits = { readonly [Name in keyof typeof feedLimits]: number };
