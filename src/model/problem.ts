/**
 * Something that could not be looked at, or that lied. A problem does not stop the reading: the rest is still read, and
 * the result carries it, because *could not look* must never pass for *clean*.
 */
export interface Problem {
  /** A path of closed words, `image/corrupt-layer`, `catalog/dpkg/bad-stanza`; listed in docs/reference/problems.md. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  /** The file in the subject, absolute, where one is concerned. */
  readonly path?: string;
  /** The layer's diff ID, where one is concerned. */
  readonly layer?: string;
}
