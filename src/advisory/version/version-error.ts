import { CodedError } from '../../base/index.ts';
import type { Ecosystem } from '../../model/index.ts';

export type VersionErrorCode = 'bad-version' | 'bad-range';

/** A text is not a version of its ecosystem, or not a range. The message quotes it and says what is wrong. */
export class VersionError extends CodedError<VersionErrorCode> {}

/** What every order throws: `"1..2" is not a deb version: reason`. Long texts are cut, control characters shown escaped. */
export function badVersion(ecosystem: Ecosystem, text: string, reason: string): VersionError {
  const article = ['apk', 'npm', 'rpm'].includes(ecosystem) ? 'an' : 'a';
  return new VersionError('bad-version', `${quoteVersion(text)} is not ${article} ${ecosystem} version: ${reason}`);
}

export function quoteVersion(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
