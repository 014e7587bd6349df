/**
 * agent: watches the engines of the machine it runs on and tells the inventory what runs and what is stored.
 * Never: changes anything on an engine, touches the store, decides.
 * Start at watch-engine.ts, which follows one engine; agent.ts keeps that going.
 */
export { type AdmissionBookParts, createAdmissionBook } from './admission-book.ts';
export { type Agent, type AgentParts, createAgent } from './agent.ts';
