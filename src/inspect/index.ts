/**
 * inspect: facts of an image besides its components: user, setuid files, base image, ports, size; and what is in its files
 * that nobody wants there: secrets, marks of malware, risky modes.
 * Never: knows the time, opens a source; only clamd/ opens a socket, to the daemon that the user names. Whoever shows or
 * stores what comes of an image passes it through redact-all.ts.
 * Start at inspect-image.ts; content-examiner.ts looks into files while they are read, by the rules of rules.ts.
 */
export { type KnownImage, recognizeBaseImage } from './base-image.ts';
export { type ClamdOptions, clamdExaminer, parseClamdAddress, readClamdVersion } from './clamd/index.ts';
export type { ContentOptions } from './content-examiner.ts';
export { contentExaminer } from './content-examiner-source.ts';
export { findSecretSpans } from './find-secrets.ts';
export { InspectError, type InspectErrorCode } from './inspect-error.ts';
export { inspectImage, inspectVersion, inspectWants } from './inspect-image.ts';
export { type DriftedPackage, type DriftedProgram, judgePackage, judgeProgram } from './judge-drift.ts';
export { addObservations } from './observe.ts';
export { redactAll, redactLabels } from './redact-all.ts';
export { type InspectRule, type InspectRuleId, inspectRule, inspectRules } from './rules.ts';
export { compileYaraRules, type YaraSource } from './yara-rules.ts';
