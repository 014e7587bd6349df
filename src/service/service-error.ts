import { CodedError } from '../base/index.ts';

export type ServiceErrorCode =
  | 'bad-query'
  | 'bad-bom'
  | 'bad-notification'
  | 'ambiguous-image'
  | 'ambiguous-container'
  | 'unknown-feed'
  | 'bad-bundle'
  | 'feed-older'
  | 'feed-shrunk'
  | 'feed-exists'
  | 'token-exists'
  | 'bad-document-reference'
  | 'unknown-registry'
  | 'ticket-answered'
  /** The store is away, and what is remembered does not say. */
  | 'not-decided';

/** A use case was asked for something that it cannot do; the message says what to ask instead. */
export class ServiceError extends CodedError<ServiceErrorCode> {}
