import { CodedError } from '../base/index.ts';

/**
 * Why an image could not be read at all. What only spoils a part of it (a layer, a file) is a Problem of the result.
 *
 * - `not-found` nothing by that name · `unreadable` the file, socket or answer cannot be read, or ends early
 * - `ambiguous` several images and no tag · `platform-missing` none for the platform asked for
 * - `bad-manifest` a manifest, index or configuration is not what it must be · `unsupported-media-type`
 * - `digest-mismatch`, `size-mismatch` a manifest, configuration or pushed blob is not the one that was named
 * - `limit-exceeded` a bound of ReadLimits, where nothing useful can be read within it
 * - `file-too-large` a file of the image has more bytes than the caller allows
 * - `stalled` no byte for `stallTimeout` · `unreachable` no connection · `unauthorized` · `forbidden`
 * - `bad-response` an answer that the protocol does not allow · `redirect-refused` it leads where it must not
 * - `credential-failure` a credential helper or its file failed · `forbidden-socket` no permission on an engine's socket
 * - `aborted` the caller's signal
 */
export type ImageErrorCode =
  | 'aborted'
  | 'ambiguous'
  | 'bad-manifest'
  | 'bad-response'
  | 'credential-failure'
  | 'digest-mismatch'
  | 'file-too-large'
  | 'forbidden'
  | 'forbidden-socket'
  | 'limit-exceeded'
  | 'not-found'
  | 'platform-missing'
  | 'redirect-refused'
  | 'size-mismatch'
  | 'stalled'
  | 'unauthorized'
  | 'unreachable'
  | 'unreadable'
  | 'unsupported-media-type';

export class ImageError extends CodedError<ImageErrorCode> {}
