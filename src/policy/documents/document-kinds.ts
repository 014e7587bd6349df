import { type AddressListDocument, addressListKind } from './address-list-document.ts';
import { type ExceptionDocument, exceptionKind } from './exception-document.ts';
import { type ImagePolicyDocument, imagePolicyKind } from './image-policy-document.ts';
import { type InputContractDocument, inputContractKind } from './input-contract-document.ts';
import { type LaunchPolicyDocument, launchPolicyKind } from './launch-policy-document.ts';
import { type RegistryDocument, registryKind } from './registry-document.ts';
import { type SecurityGroupDocument, securityGroupKind } from './security-group-document.ts';
import { type TrustRootDocument, trustRootKind } from './trust-root-document.ts';

export type PolicyDocument =
  | RegistryDocument
  | TrustRootDocument
  | ImagePolicyDocument
  | LaunchPolicyDocument
  | InputContractDocument
  | SecurityGroupDocument
  | AddressListDocument
  | ExceptionDocument;
export type PolicyDocumentKind = PolicyDocument['kind'];

/** Every kind of document: a kind more is a file beside this one and a line here. */
export const documentKinds = {
  Registry: registryKind,
  TrustRoot: trustRootKind,
  ImagePolicy: imagePolicyKind,
  LaunchPolicy: launchPolicyKind,
  InputContract: inputContractKind,
  SecurityGroup: securityGroupKind,
  AddressList: addressListKind,
  Exception: exceptionKind,
} as const;
