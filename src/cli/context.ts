import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCode } from './exit-code.ts';
import { type Output, printError } from './output.ts';
import type { OpenServices, StoreOptions, Wiring } from './wiring.ts';

/** What every verb gets: the world, where to write, and how to end. */
export interface Context {
  readonly wiring: Wiring;
  readonly output: Output;
  readonly signal: AbortSignal;
  end(code: ExitCode): void;
}

export type AddVerb = (program: Command, context: Context) => void;

export function formatOption(...formats: readonly string[]): Option {
  return new Option('--format <format>', 'how to print the result').choices([...formats]).default(formats[0]);
}

export function limitOption(fallback: number): Option {
  return new Option('--limit <n>', 'how many rows at most').argParser(parseCount).default(fallback);
}

export function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** Opens the services, works, and closes them whatever happens. */
export async function withServices<Result>(
  context: Context,
  command: Command,
  work: (services: OpenServices['services']) => Promise<Result>,
): Promise<Result> {
  const open = await context.wiring.openServices(storeOptions(command));
  try {
    return await work(open.services);
  } finally {
    await open.close();
  }
}

/** The options that stand before the verb. */
export function storeOptions(command: Command): StoreOptions {
  const { data, database } = command.optsWithGlobals<StoreOptions>();
  return { ...(data ? { data } : {}), ...(database ? { database } : {}) };
}

/** Ends a command that names what is not there: `missing` says what, `list` is the command that shows what is. */
export function endUnknown(context: Context, missing: string, list: string): void {
  printError(context.output, new Error(`${missing}; see: portwarden ${list}`));
  context.end(exitCode.usage);
}
