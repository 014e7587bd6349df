import type { ReplacedRecord, Severity } from '../model/index.ts';

export interface InspectRule {
  readonly severity: Severity;
  readonly title: string;
  readonly remedy: string;
}

const rotate =
  'Take it out of every layer by building anew, give it at start by reference, and replace it: it is known';
const examine = 'Find out how it came into the image, and do not run it until that is known';

const unmoved =
  'Find out who put it there and start the container anew from its image; build what is needed into the image, and start it with a read-only root file system (--read-only)';
const restore = 'Keep the database in every layer: what it does not list is judged by nobody';

/** Every rule of this room by its ID; docs/reference/rules.md has a row for each. */
export const inspectRules = {
  'inspect/secret/private-key': { severity: 'high', title: 'A private key', remedy: rotate },
  'inspect/secret/encrypted-private-key': {
    severity: 'low',
    title: 'A private key that is encrypted',
    remedy: 'Keep it out of the image: whoever has the image can try passwords on it for ever',
  },
  'inspect/secret/ssh-host-key': {
    severity: 'high',
    title: 'An SSH host key that all containers of the image share',
    remedy: 'Make host keys when the container first starts',
  },
  'inspect/secret/cloud-credential': { severity: 'critical', title: 'A credential of a cloud account', remedy: rotate },
  'inspect/secret/service-token': { severity: 'high', title: 'A token of a service', remedy: rotate },
  'inspect/secret/registry-credential': { severity: 'high', title: 'A credential of a registry', remedy: rotate },
  'inspect/secret/url-password': { severity: 'high', title: 'A URL with a password in it', remedy: rotate },
  'inspect/secret/web-token': { severity: 'medium', title: 'A JSON Web Token', remedy: rotate },
  'inspect/secret/password': { severity: 'medium', title: 'A password or key in the clear', remedy: rotate },
  'inspect/secret/password-hash': {
    severity: 'medium',
    title: 'A hash of a password that lets in',
    remedy: 'Lock the account (passwd -l), or give the password at start',
  },
  'inspect/malware/known-bad': {
    severity: 'critical',
    title: 'A file that is on a list of known-bad digests',
    remedy: examine,
  },
  'inspect/malware/test-file': {
    severity: 'low',
    title: 'The EICAR test file',
    remedy: 'It harms nobody; remove it where it is not meant for a test',
  },
  'inspect/malware/miner': { severity: 'critical', title: 'Marks of a cryptocurrency miner', remedy: examine },
  'inspect/malware/reverse-shell': {
    severity: 'critical',
    title: 'A script that opens a shell to somebody',
    remedy: examine,
  },
  'inspect/malware/web-shell': {
    severity: 'critical',
    title: 'A script that runs what a request says',
    remedy: examine,
  },
  'inspect/malware/preload': {
    severity: 'high',
    title: 'A library that is loaded into every program',
    remedy: 'Empty /etc/ld.so.preload, or know which library it names and why',
  },
  'inspect/malware/packed': {
    severity: 'medium',
    title: 'A program that is packed, so that nobody sees what is in it',
    remedy: 'Ship it unpacked',
  },
  'inspect/malware/yara': { severity: 'high', title: 'A file that a YARA rule of yours matches', remedy: examine },
  'inspect/malware/clamd': { severity: 'critical', title: 'A file that ClamAV knows as malware', remedy: examine },
  'inspect/package/unwanted': {
    severity: 'medium',
    title: 'A package that a rule of yours does not want',
    remedy: 'Take it out, or replace it by what the rule allows',
  },
  'inspect/mode/world-writable': {
    severity: 'low',
    title: 'A file or directory that every user may change',
    remedy: 'chmod o-w, or +t for a directory',
  },
  'inspect/mode/file-capability': {
    severity: 'high',
    title: 'A program that has rights of root whoever starts it',
    remedy: 'setcap -r, and give the container the capability that it needs at start',
  },
  'inspect/mode/device': {
    severity: 'medium',
    title: 'A device file in the image',
    remedy: 'Remove it: devices are given at start',
  },
  'inspect/drift/added-program': {
    severity: 'medium',
    title: 'A program in a container that its image did not bring',
    remedy: unmoved,
  },
  'inspect/drift/changed-program': {
    severity: 'high',
    title: 'A program in a container that is not as its image brought it',
    remedy: unmoved,
  },
  'inspect/drift/added-package': {
    severity: 'medium',
    title: 'A package in a container that its image did not bring',
    remedy: unmoved,
  },
  'inspect/unknown/package-database-removed': {
    severity: 'high',
    title: 'A layer took the package database away, so nobody can tell what is installed',
    remedy: restore,
  },
  'inspect/unknown/package-database-replaced': {
    severity: 'high',
    title: 'A layer put something else in the place of the package database',
    remedy: restore,
  },
  'inspect/unknown/distribution-changed': {
    severity: 'medium',
    title: 'A layer says that the image is of another distribution than the layers below',
    remedy: 'Build on an image of the distribution that it says; advisories are chosen by it',
  },
} as const satisfies Record<string, InspectRule>;

export type InspectRuleId = keyof typeof inspectRules;

/** By which rule a record that was replaced is observed. */
export const replacedRecordRules = {
  'package-database-removed': 'inspect/unknown/package-database-removed',
  'package-database-replaced': 'inspect/unknown/package-database-replaced',
  'distribution-changed': 'inspect/unknown/distribution-changed',
} as const satisfies Record<ReplacedRecord['kind'], InspectRuleId>;

/** The rule of an observation; undefined for one that a later version wrote. */
export function inspectRule(id: string): InspectRule | undefined {
  return Object.hasOwn(inspectRules, id) ? inspectRules[id as InspectRuleId] : undefined;
}
