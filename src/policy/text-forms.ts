import { createPublicKey, X509Certificate } from 'node:crypto';
import { lazyLibrary, parseDigest, parseInstant, parseSize } from '../base/index.ts';
import {
  imagePatternFault,
  isRegistryHost,
  parseEcosystem,
  parsePlatform,
  repositoryPatternFault,
} from '../model/index.ts';
import { conditionFault } from './condition.ts';
import { re2Matches } from './contract/re2.ts';
import { durationPattern, parseDuration } from './duration.ts';
import { parseNumberRange } from './number-range.ts';
import { parsePackagePattern } from './package-pattern.ts';
import {
  addressBlockFault,
  dnsNameFault,
  dnsNamePattern,
  parseTrafficPorts,
  trafficPortsPattern,
} from './traffic-words.ts';

const semver = lazyLibrary<typeof import('semver')>('semver');

/** A form that text in a document may have to be of. A refusal says what it must be and never repeats what it is. */
export interface TextForm {
  /** After "must be". */
  readonly what: string;
  /** For editors; `fault` is what counts. */
  readonly pattern?: string;
  /** True where it is not of the form; a text says more of why. */
  readonly fault: (text: string) => boolean | string;
  readonly remedy?: string;
}

const byPattern = (what: string, pattern: string, remedy?: string): TextForm => {
  const expression = new RegExp(pattern);
  return { what, pattern, fault: (text) => !expression.test(text), ...(remedy === undefined ? {} : { remedy }) };
};
const said = (fault: string | undefined): string | boolean => fault ?? false;

const repositoryPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';

export const textForms = {
  name: byPattern(
    'a name of lower-case letters, digits, dots and dashes, 64 at most',
    '^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$',
  ),
  duration: {
    what: 'a duration such as 30d, 12h or 90m',
    pattern: durationPattern,
    fault: (text) => parseDuration(text) === undefined,
  },
  time: {
    what: 'a time in ISO 8601, such as 2027-01-31T12:00:00Z or 2027-01-31',
    fault: (text) => parseInstant(text) === undefined,
  },
  digest: {
    what: 'a digest, sha256: and 64 hex digits in lower case',
    pattern: '^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$',
    fault: (text) => parseDigest(text) === undefined,
  },
  'registry-host': {
    what: 'the host of a registry in lower case, with its port where it has one',
    fault: (text) => !isRegistryHost(text),
    remedy: 'Write it as in an image reference: registry.example:5000, docker.io, localhost:5000; no https://, no path',
  },
  repository: byPattern('the path of a repository', `^${repositoryPart}(?:/${repositoryPart})*$`),
  'repository-pattern': {
    what: 'a pattern of repositories',
    fault: (text) => said(repositoryPatternFault(text)),
    remedy: 'Write an exact path, or team/** for everything below team/',
  },
  'image-pattern': {
    what: 'a pattern of image names',
    fault: (text) => said(imagePatternFault(text)),
    remedy: 'Write the registry before it: registry.example/team/**, docker.io/library/debian, or */team/** for any',
  },
  'base-image': {
    what: 'a pattern of image names, or a digest',
    fault: (text) => parseDigest(text) === undefined && said(imagePatternFault(text.replace(/:[\w*.-]+$/, ''))),
    remedy: 'Write docker.io/library/debian, registry.example/base/**, docker.io/library/debian:12* or sha256:…',
  },
  'image-pattern-or-digest': {
    what: 'a pattern of image names, or a digest',
    fault: (text) => parseDigest(text) === undefined && said(imagePatternFault(text)),
    remedy: 'Write registry.example/team/web, registry.example/team/** or sha256:…',
  },
  re2: {
    what: 'a regular expression of RE2',
    fault: (text) => re2Matches(text, '') === undefined,
    remedy: 'RE2 has no look-ahead and no references back; write what the whole value is',
  },
  flag: byPattern('a flag of a command line, such as --port', '^-[^=\\x00-\\x1f\\x7f]{1,199}$'),
  credentials: byPattern(
    'a reference to credentials, never the credentials themselves',
    '^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:/[^\\0]*|docker-config|helper:[a-z0-9][a-z0-9-]*)$',
    'Write env:NAME, file:/path, docker-config or helper:NAME, and replace what was written here: it is in a file now',
  ),
  platform: { what: 'a platform such as linux/amd64', fault: (text) => parsePlatform(text) === undefined },
  path: byPattern('an absolute path', '^/[^\\0]*$'),
  'plain-path': {
    what: 'an absolute path other than /, without "." and ".."',
    fault: (text) =>
      !/^\/[^\0]+$/.test(text) ||
      text
        .split('/')
        .slice(1)
        .some((part) => /^\.{0,2}$/.test(part)),
    remedy: 'Write it as it is behind all symlinks, without a slash at its end: /srv/data',
  },
  'number-range': {
    what: 'a whole number, or two with a dash between them',
    pattern: '^\\d{1,10}(?:-\\d{1,10})?$',
    fault: (text) => parseNumberRange(text) === undefined,
    remedy: 'Write "1000" or "1000-65535", in quotes',
  },
  capability: byPattern('a capability without CAP_, in upper case', '^(?!CAP_)[A-Z][A-Z_]{1,30}$', 'Write NET_ADMIN'),
  size: {
    what: 'a size such as 512MiB or 2GiB',
    pattern: '^\\d{1,15}(?:\\.\\d{1,6})? ?(?:B|KiB|MiB|GiB|TiB)?$',
    fault: (text) => parseSize(text) === undefined,
  },
  'kubernetes-version': byPattern('"latest" or a version of Kubernetes such as v1.30', '^(?:latest|v1\\.\\d{1,3})$'),
  'semver-range': {
    what: 'a range of semantic versions, such as ">=1.2 <2"',
    fault: (text) => semver().validRange(text) === null,
  },
  version: byPattern('a version', '^[\\w.+~:-]{1,128}$'),
  tags: byPattern('a pattern of tags, with * for any characters', '^[\\w.*-]{1,128}$'),
  'public-key': {
    what: 'a public key in PEM',
    fault: (text) => !parses(() => createPublicKey(text)) || !/^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text),
    remedy: 'Write the block from -----BEGIN PUBLIC KEY----- on, below "pem: |"',
  },
  certificates: {
    what: 'certificates in PEM',
    fault: (text) => {
      const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
      const rest = text.replace(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g, '').trim();
      return blocks.length === 0 || rest !== '' || !blocks.every((block) => parses(() => new X509Certificate(block)));
    },
    remedy: 'Write the blocks from -----BEGIN CERTIFICATE----- on, and nothing between them',
  },
  fingerprint: byPattern('the whole fingerprint of an OpenPGP key, 40 hex digits', '^[0-9A-Fa-f]{40}$'),
  'x509-identity': byPattern(
    'an identity of Notary Project',
    '^(?:\\*|x509\\.subject: *[A-Za-z0-9.]+=.+)$',
    'Write "x509.subject: C=US, O=Example, CN=release", or "*" for whoever the stores vouch for',
  ),
  'identity-pattern': {
    what: 'a pattern that says something of whom it means',
    fault: (text) => (text.replace(/[*/@.:]/g, '').length < 3 ? 'trusts nearly everybody' : false),
    remedy: 'Write an exact identity, or * for what stands between two slashes: https://github.com/acme/*',
  },
  'address-block': {
    what: 'an address or a block of addresses, such as 10.0.0.0/8 or 2001:db8::/32',
    fault: (text) => said(addressBlockFault(text)),
    remedy:
      'Write the first address of the block and how many bits it shares: 10.1.0.0/16; a single address stands alone',
  },
  'dns-name': {
    what: 'a DNS name in lower case',
    pattern: dnsNamePattern,
    fault: (text) => said(dnsNameFault(text)),
    remedy: 'Write api.example.com, or *.example.com for all names below it',
  },
  'traffic-ports': {
    what: 'a protocol, alone or with its ports',
    pattern: trafficPortsPattern,
    fault: (text) => parseTrafficPorts(text) === undefined,
    remedy: 'Write tcp/443, tcp/9000-9010, udp/53, sctp, icmp/echo-request or icmp/8',
  },
  'feed-url': {
    what: 'an https:// URL without a login in it',
    fault: (text) => {
      const url = URL.parse(text);
      if (!url || /\s/.test(text)) return true;
      if (url.username !== '' || url.password !== '') return 'has a login in it, which is in a file now';
      return url.protocol === 'https:' ? false : 'could be changed by anybody on its way';
    },
    remedy: 'Write https://lists.example/drop.txt',
  },
  uri: byPattern('a URI', '^[a-z][a-z0-9+.-]*:[^\\s]+$'),
  flaw: byPattern('the ID of a flaw, such as CVE-2024-1234', '^[A-Za-z0-9][A-Za-z0-9._:-]{2,99}$'),
  package: {
    what: 'a package: NAME, TYPE:NAME, either with @VERSION, or a package URL',
    fault: (text) => parsePackagePattern(text) === undefined,
    remedy: 'Write npm:left-pad, log4j-core@2.14.1, @evil/* or pkg:npm/event-stream@3.3.6; for ranges use "conditions"',
  },
  ecosystem: { what: 'an ecosystem', fault: (text) => parseEcosystem(text) === undefined },
  person: byPattern('a person', '^[^\\p{C}]{1,200}$'.replace('\\p{C}', '\\x00-\\x1f\\x7f')),
  condition: {
    what: 'a condition in CEL',
    fault: (text) => said(conditionFault(text, 'image')),
    remedy: 'The variables are image, passport, signers, attestations and now; see docs/reference/documents.md',
  },
  'launch-condition': {
    what: 'a condition in CEL',
    fault: (text) => said(conditionFault(text, 'launch')),
    remedy: 'The variables are request, image, inputs and now; see docs/reference/documents.md',
  },
  'predicate-condition': {
    what: 'a condition in CEL',
    fault: (text) => said(conditionFault(text, 'predicate')),
    remedy: 'The variables are predicate, image, signers and now; see docs/reference/documents.md',
  },
} as const satisfies Readonly<Record<string, TextForm>>;

export type TextFormName = keyof typeof textForms;

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    // Any failure says the same: it is not of the form.
    return false;
  }
}
