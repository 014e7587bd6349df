import { pino } from 'pino';

/** Structured log lines on standard error. Nothing secret may be handed to it: redact before, not after. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export function createLog(level: LogLevel): Log {
  return pino(
    { level, base: null, redact: ['token', 'password', 'authorization', '*.token', '*.password'] },
    pino.destination(2),
  );
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
