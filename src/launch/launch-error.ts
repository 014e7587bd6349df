import { CodedError } from '../base/index.ts';

export type LaunchErrorCode =
  /** It is not of the form that it should have, or says something that has more than one reading. */
  | 'bad-launch'
  /** It is larger, deeper or longer than what is read. */
  | 'launch-limit';

/** What was asked cannot be read as a launch; the message names file and line, or the path in what was asked. */
export class LaunchError extends CodedError<LaunchErrorCode> {
  /** Where it stands in what was asked; see `At`. */
  readonly path: string;

  constructor(code: LaunchErrorCode, path: string, message: string, options?: { cause?: unknown; remedy?: string }) {
    super(code, path === '' ? message : `${path}: ${message}`, options);
    this.path = path;
  }
}
