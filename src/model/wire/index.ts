/**
 * model/wire: the contract of the HTTP API as schemas and their types; `--format json` of the CLI prints the same
 * shapes. Kept behind a door of its own because the schemas load a library that most commands do not need.
 */
export * from './advisory.ts';
export * from './certificates.ts';
export * from './changes.ts';
export * from './common.ts';
export * from './contracts.ts';
export { DriftPage, DriftQuery, DriftRow, LookInput, LookView } from './drift.ts';
export * from './fleet.ts';
export * from './groups.ts';
export * from './images.ts';
export * from './launches.ts';
export * from './login.ts';
export * from './notifications.ts';
export * from './registries.ts';
export { RunningContainer, WhoRunsAnswer, WhoRunsQuery } from './who-runs.ts';
