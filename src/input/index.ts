/**
 * input: what is passed at start, looked into: what each value is, code and credentials in it, and input contracts.
 * Never: a file, a socket, a clock; runs what it reads; shows a secret.
 * Start at examine-inputs.ts; find-in-value.ts is what is asked of one value, input-rules.ts what can be found.
 */
export { classifyInput } from './classify-input.ts';
export { type FindLanguage, loadLanguages } from './code/load-languages.ts';
export type { Patience, ReadGrammar } from './code/parsers.ts';
export { type ExamineOptions, examineInputs } from './examine-inputs.ts';
export type { FindSecrets } from './find-credentials.ts';
export { createInputMemory, type InputMemory } from './input-memory.ts';
export { type InputRule, inputRules } from './input-rules.ts';
export { redacted, redactLaunch, secretScrubber } from './redact-launch.ts';
