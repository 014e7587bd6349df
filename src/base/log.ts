/** Structured log lines on standard error. Nothing secret may be handed to it: redact before, not after. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The logger is loaded when somebody logs: most commands never do. */
export async function createLog(level: LogLevel): Promise<Log> {
  const { pino } = await import('pino');
  const redact = ['token', 'password', 'authorization', '*.token', '*.password'];
  const log: Log = pino({ level, base: null, redact }, pino.destination(2));
  return log;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
