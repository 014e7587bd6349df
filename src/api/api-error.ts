import type { VersionErrorCode } from '../advisory/index.ts';
import { CodedError } from '../base/index.ts';
import type { ImageReferenceErrorCode } from '../model/index.ts';
import type { PolicyErrorCode } from '../policy/index.ts';
import type { ServiceErrorCode } from '../service/index.ts';

export type ApiErrorCode =
  | 'bad-request'
  | 'wrong-token'
  | 'not-logged-in'
  | 'foreign-origin'
  | 'not-found'
  | 'request-too-large'
  | 'unsupported-media-type'
  | 'wrong-host'
  | 'update-running'
  | 'too-many-requests'
  | 'too-many-streams'
  | 'registry-failed'
  | 'bad-document'
  | 'internal';

/** The API refuses a request, with the status that `statuses` gives its code. */
export class ApiError extends CodedError<ApiErrorCode> {}

/** Codes of the rooms behind the services that a caller can do something about; any other is answered as `internal`. */
type ForeignErrorCode =
  | ServiceErrorCode
  | ImageReferenceErrorCode
  | VersionErrorCode
  | PolicyErrorCode
  | 'bad-location'
  | 'conflict'
  | 'unavailable';

/** The HTTP status of each error. */
export const statuses: Readonly<Record<ApiErrorCode | ForeignErrorCode, number>> = {
  'bad-request': 400,
  'bad-bom': 400,
  'bad-notification': 400,
  'wrong-token': 401,
  'not-logged-in': 401,
  'foreign-origin': 403,
  'not-found': 404,
  'request-too-large': 413,
  'unsupported-media-type': 415,
  'wrong-host': 421,
  'update-running': 409,
  'too-many-requests': 429,
  'too-many-streams': 503,
  internal: 500,

  'bad-query': 400,
  'bad-reference': 400,
  'bad-version': 400,
  'bad-range': 400,
  'bad-location': 400,
  'ambiguous-image': 409,
  'ambiguous-container': 409,
  'feed-exists': 409,
  'token-exists': 409,
  'ticket-answered': 409,
  'not-decided': 503,
  'bad-bundle': 400,
  'feed-older': 409,
  'feed-shrunk': 409,
  'unknown-feed': 404,
  'unknown-registry': 404,
  'bad-document': 400,
  'bad-document-reference': 400,
  'registry-failed': 502,

  unavailable: 503,
  conflict: 409,
};
