/**
 * policy: documents that say what is trusted and what is refused, and the judging of images and launches by them.
 * Never: a file, a clock, a socket; a credential itself; takes what it could not decide for allowed.
 * Start at parse-documents.ts, judge-image.ts and judge-launch.ts; documents/ holds a kind of document a file, rules/ the
 * rules of images, launch-rules/ those of launches, contract/ what may be passed to an image.
 */
export {
  activeException,
  type ExceptionState,
  type ExceptionSubject,
  exceptionDigest,
  exceptionState,
} from './active-exception.ts';
export { type AddressLines, parseAddressLines } from './address-lines.ts';
export { compileContract } from './contract/compile-contract.ts';
export { type ContractChoice, contractFor, judgeContracts } from './contract/contract-for.ts';
export {
  type ContractFault,
  contractFaults,
  isOfValue,
  judgeByContract,
  mustBePassed,
} from './contract/judge-by-contract.ts';
export { canBeListed, listInputs, type PassedInput } from './contract/list-inputs.ts';
export { documentSchema } from './document-schema.ts';
export {
  type AddressListDocument,
  defaultListRefresh,
  denyListOf,
} from './documents/address-list-document.ts';
export { documentKinds, type PolicyDocument, type PolicyDocumentKind } from './documents/document-kinds.ts';
export type { ExceptionDocument } from './documents/exception-document.ts';
export type { ImagePolicyDocument } from './documents/image-policy-document.ts';
export type { InputContractDocument, InputContractSpec } from './documents/input-contract-document.ts';
export {
  defaultLaunchPolicy,
  type LaunchPolicyDocument,
  type LaunchPolicySpec,
} from './documents/launch-policy-document.ts';
export type { RegistryDocument } from './documents/registry-document.ts';
export { type SecurityGroupDocument, securityGroupOf } from './documents/security-group-document.ts';
export type { TrustRootDocument } from './documents/trust-root-document.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { engineRulesOf, imageDemandsOf } from './engine-rules.ts';
export { judgeImage } from './judge-image.ts';
export { contractEffect, judgeLaunch, judgeLaunchSet, restartsFor } from './judge-launch.ts';
export { launchRules } from './launch-rules/launch-rules.ts';
export { formatDocument, parseDocuments } from './parse-documents.ts';
export { compilePodSecurity } from './pod-security/compile-pod-security.ts';
export { judgePodSecurity } from './pod-security/judge-pod-security.ts';
export { type PodSecuritySet, parsePodSecuritySet } from './pod-security/parse-pod-security-set.ts';
export { PolicyError, type PolicyErrorCode } from './policy-error.ts';
export { type ImageRuleId, imageRuleIds } from './rules/image-rule.ts';
export { imageRules } from './rules/image-rules.ts';
