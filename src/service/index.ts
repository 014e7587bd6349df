/**
 * service: the use cases, a file each: who runs what, images and their passports, feeds, reading, the inventory.
 * Never: HTTP, a terminal, a dialect of SQL.
 * Start at services.ts, which lists them all.
 */

export { compileContractPredicate, contractPredicate } from './attested-contract.ts';
export { createRegistryDesk } from './create-registry-desk.ts';
export { createServices, type ServiceParts, type ServiceSet } from './create-services.ts';
export { severityRank } from './findings.ts';
export { comparePlatforms, type PlatformComparison } from './groups/compare-platforms.ts';
export { explainConnection } from './groups/explain-connection.ts';
export type { AskOptions, ProofDesk, TakenProof } from './groups/proofs.ts';
export {
  type PlatformFile,
  reachOfCloud,
  reachOfManifests,
  readCloud,
  readCluster,
  readGroupFiles,
} from './groups/read-platform.ts';
export type { TrafficRecorder, TrafficReport } from './groups/record-traffic.ts';
export {
  type RenderOptions,
  type RenderPlatform,
  renderGroupFiles,
  renderGroups,
} from './groups/render-groups.ts';
export { keepGoing } from './keep-going.ts';
export { matchBom } from './match-bom.ts';
export { parseQueryTime } from './query-time.ts';
export { type ReviewItem, readReview } from './read-review.ts';
export type { LaunchJournal, RecordedLaunch } from './record-launches.ts';
export type { RegistryAccess, RegistryDesk } from './registry-desk.ts';
export { parseRuleSet, type ReviewResult, type ReviewRules, type RuleSet, reviewLaunch } from './review.ts';
export { reviewLine } from './review-line.ts';
export type { DocumentsBook, KeptDocuments } from './rules-in-force.ts';
export { type ScanReport, scan, writeScanBom } from './scan.ts';
export { ServiceError, type ServiceErrorCode } from './service-error.ts';
export type * from './services.ts';
export type { TrustSources } from './trust-anchors.ts';
export { type ContractTrial, tryContracts } from './try-contracts.ts';
export { parseUnwantedRules, UnwantedError, type UnwantedRule, unwantedLimits } from './unwanted.ts';
export {
  type ImageVerification,
  type VerifyImageParts,
  verifyImage,
} from './verify-image.ts';
