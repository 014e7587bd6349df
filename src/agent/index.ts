/**
 * agent: watches the engines of the machine it runs on and tells the inventory what runs and what is stored; keeps the rules
 * of who may talk to whom in its kernel.
 * Never: changes anything on an engine, touches the store, decides.
 * Start at watch-engine.ts, which follows one engine; agent.ts keeps that going. segment-host.ts keeps the rules.
 */
export { type AdmissionBookParts, createAdmissionBook } from './admission-book.ts';
export { type Agent, type AgentParts, createAgent } from './agent.ts';
export { createDocumentsBook, type DocumentsBookParts } from './documents-book.ts';
export type { Enforced, SegmentResolver } from './enforce-rules.ts';
export { createLaunchJournal, type LaunchJournalParts } from './launch-journal.ts';
export { createNamesBook, type NamesBook } from './names-book.ts';
export { createRulesBook, type RulesBook, type TrafficRules } from './rules-book.ts';
export {
  type BootRules,
  createSegmenter,
  type Segmenter,
  type SegmenterParts,
  type SegmentStatus,
  type VerifyOptions,
} from './segment-host.ts';
