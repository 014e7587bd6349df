import { createHash } from 'node:crypto';
import type { Severity } from '../../model/index.ts';

/** SARIF has three levels; what nobody rated is a warning, not a note. */
export const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  negligible: 'note',
  unknown: 'warning',
};

/** `security-severity` of a rule where no CVSS score is known: a number from 0 to 10, by which code scanning sorts. */
export const scores: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  negligible: '1.0',
  unknown: undefined,
};

/** A SARIF 2.1.0 log of one run (OASIS SARIF 2.1.0, sections 3.13 and 3.14). */
export function sarifLog(run: {
  readonly version: string;
  readonly rules: readonly object[];
  /** Of what was looked at, so that runs are told apart. */
  readonly id: string;
  /** Everything could be looked at. */
  readonly isWhole: boolean;
  readonly notifications: readonly object[];
  readonly results: readonly object[];
}): object {
  const { version, rules, id, isWhole, notifications, results } = run;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portwarden', version, rules } },
        automationDetails: { id },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful: isWhole, toolExecutionNotifications: notifications }],
        results,
      },
    ],
  };
}

/** A path in the subject as a relative reference (RFC 3986, section 4.2), whatever its bytes. */
export function uriOf(path: string): string {
  const encoded = path
    .toWellFormed()
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
  return encoded || '.';
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
