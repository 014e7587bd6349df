import { CodedError } from '../../base/index.ts';

export type DockerGateErrorCode =
  /** The engine's call of the plugin is not of its protocol, or over a bound. */
  | 'bad-call'
  /** Path, query or headers of the request have more than one reading. */
  | 'bad-request'
  /** No route of the table has this method and path, or not in this version of the API. */
  | 'unknown-route'
  /** The route is refused, by nature or by the settings. */
  | 'refused-route'
  /** What decides travels in the body, and the engine did not show it. */
  | 'hidden-body'
  /** A path of the host does not lead to one place for sure. */
  | 'bad-host-path'
  /** The engine does not say what a name means to it. */
  | 'engine-away'
  /** The agent that decides does not answer. */
  | 'agent-away';

/** Why something asked of dockerd is refused before any policy is asked; `remedy` says what to do. */
export class DockerGateError extends CodedError<DockerGateErrorCode> {}
