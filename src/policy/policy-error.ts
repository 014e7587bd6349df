import { CodedError } from '../base/index.ts';

export type PolicyErrorCode = 'bad-document';

/** A policy document is not what its kind demands. The message begins with `FILE:LINE:COLUMN: `, both counted from 1. */
export class PolicyError extends CodedError<PolicyErrorCode> {}

/** A place in a file, counted from 1. Columns are UTF-16 code units, as editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function badDocument(file: string, { line, column }: Position, message: string, remedy?: string): PolicyError {
  return new PolicyError(
    'bad-document',
    `${file}:${line}:${column}: ${message}`,
    remedy === undefined ? {} : { remedy },
  );
}
