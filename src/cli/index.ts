/**
 * cli: the verbs of `portwarden` and what they print.
 * Never: work of its own; it asks the services and prints what they say.
 * Start at verbs/who-runs.ts, the plainest of them; run-cli.ts puts them together.
 */
export { type ExitCode, exitCode } from './exit-code.ts';
export { runCli } from './run-cli.ts';
export type * from './wiring.ts';
