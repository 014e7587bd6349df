import type { ImagePolicyFacts, Trust } from '../../src/model/index.ts';
import type { FindingView, ObservationView, Passport } from '../../src/model/wire/index.ts';
import { type ExceptionDocument, type ImagePolicyDocument, judgeImage } from '../../src/policy/index.ts';

type ImagePolicySpec = ImagePolicyDocument['spec'];

export const now = Date.parse('2026-06-01');
export const digest = `sha256:${'a'.repeat(64)}` as const;
/** A passport in which all is well, and what may be wrong in one. For tests of policies. */
export const component = {
  purl: 'pkg:npm/left-pad@1.3.0',
  ecosystem: 'npm',
  name: 'left-pad',
  version: '1.3.0',
  source: null,
  licenses: ['MIT'],
  locations: ['/a'],
  layer: 0,
  ownedBy: null,
  evidence: null,
  judged: true,
};
export const none = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };

export function finding(more: Partial<FindingView> = {}): FindingView {
  return {
    advisory: 'CVE-2026-1',
    aliases: ['GHSA-1'],
    severity: 'critical',
    cvss: null,
    knownExploited: null,
    epss: null,
    statements: [],
    title: '',
    component: component.purl,
    name: 'left-pad',
    version: '1.3.0',
    fixedIn: '1.3.1',
    remedy: '',
    since: '2026-01-01T00:00:00Z',
    references: [],
    evidence: { advisory: 'GHSA-1', feed: 'osv', package: 'left-pad', locations: [], layer: 0, component: null },
    ...more,
  };
}
export const exploited = { since: '2026-02-01T00:00:00Z', due: null, ransomware: false };
export function observation(rule: string, more: Partial<ObservationView> = {}): ObservationView {
  return {
    rule,
    severity: 'high',
    confidence: 'certain',
    title: '',
    remedy: '',
    path: '/x',
    layer: 0,
    hidden: false,
    detail: 'line 1',
    ...more,
  };
}
export type Facts = NonNullable<Passport['facts']>;
export function passport(more: Partial<Passport> = {}, facts: Partial<Facts> = {}): Passport {
  return {
    subject: { kind: 'image', key: digest, name: 'web' },
    image: {
      imageId: digest,
      manifestDigest: digest,
      references: [],
      platform: 'linux/amd64',
      state: 'read',
      failure: null,
      created: null,
      ageDays: null,
      firstSeen: '',
      running: 0,
      components: 1,
      size: 1,
      severities: none,
      knownExploited: 0,
      judgement: 'judged',
    },
    distribution: null,
    platform: 'linux/amd64',
    recordedAt: '',
    facts: {
      created: '2026-05-01T00:00:00Z',
      ageDays: 31,
      user: 'app',
      runsAsRoot: false,
      entrypoint: [],
      command: [],
      exposedPorts: [],
      volumes: [],
      labels: {},
      setuidFiles: [],
      setgidFiles: [],
      baseImage: null,
      layers: [],
      lookedInto: true,
      scannedBy: [],
      totalFileBytes: 0,
      fileCount: 0,
      ...facts,
    },
    judgement: { state: 'judged', componentsJudged: 1, componentsNotJudged: 0, notCovered: [] },
    severities: none,
    components: [component],
    findings: [],
    suppressed: [],
    observations: [],
    moreObservations: 0,
    undetermined: [],
    problems: [],
    unknown: {
      state: 'known',
      summary: 'all is known',
      programs: null,
      unowned: null,
      unownedPercent: 0,
      archives: null,
      records: [],
      problems: [],
    },
    ...more,
  };
}
export function facts(more: Partial<ImagePolicyFacts> = {}): ImagePolicyFacts {
  return {
    image: { registry: 'r.example', repository: 'team/web', digest },
    platform: { os: 'linux', architecture: 'amd64' },
    passport: passport(),
    signatures: [],
    attestations: [],
    now,
    ...more,
  };
}
export const judge = (
  spec: ImagePolicySpec,
  of: Partial<ImagePolicyFacts> = {},
  exceptions: readonly ExceptionDocument[] = [],
  mode?: 'observe',
) =>
  judgeImage(
    facts(of),
    { apiVersion: 'portwarden/v1', kind: 'ImagePolicy', metadata: { name: 'p' }, spec, ...(mode ? { mode } : {}) },
    exceptions,
  );
/** `deny image/age image/signed`, `undecided`, `allow`. */
export const told = (verdict: ReturnType<typeof judge>): string =>
  [verdict.outcome, ...new Set(verdict.findings.map(({ rule }) => rule))].join(' ');

export const signer = (identity: string, issuer?: string, scheme: 'cosign' | 'gpg' = 'cosign'): Trust => ({
  state: 'verified',
  signers: [{ scheme, identity, authority: 'x', ...(issuer ? { issuer } : {}) }],
});
export const by = (trustRoot: string, trust: Trust) => ({ trustRoot, trust });
export const rejectedTrust: Trust = { state: 'rejected', code: 'bad-signature', message: 'it does not fit' };
export const slsa = 'https://slsa.dev/provenance/v1';
export const attested = (trust: Trust, predicate: unknown = { level: 3 }, trustRoot = 'ci') => ({
  predicateType: slsa,
  predicate,
  trust,
  trustRoot,
});
export const withFindings = (...findings: FindingView[]) => ({ passport: passport({ findings }) });
export const unjudged: Partial<Passport> = {
  components: [component, { ...component, name: 'b', judged: false }],
  judgement: { state: 'partly-judged', componentsJudged: 1, componentsNotJudged: 1, notCovered: ['npm'] },
};
export const allUnjudged: Partial<Passport> = {
  components: [{ ...component, judged: false }],
  judgement: { state: 'not-judged', componentsJudged: 0, componentsNotJudged: 1, notCovered: ['npm'] },
};
export const removedRecord: Passport['unknown']['records'][number] = {
  kind: 'package-database-removed',
  path: '/var/lib/dpkg/status',
  layer: 1,
  detail: '',
};

export const base = (name: string | null, baseDigest: string | null = null): Partial<ImagePolicyFacts> => ({
  passport: passport({}, { baseImage: { name, digest: baseDigest, layers: null, evidence: 'layers' } }),
});

/** What is asked for, of which facts, and what `told` says then. */
export type VerdictCase = readonly [name: string, spec: ImagePolicySpec, of: Partial<ImagePolicyFacts>, told: string];
