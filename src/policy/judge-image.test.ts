import { describe, expect, it } from 'vitest';
import type { ImagePolicyFacts, Trust } from '../model/index.ts';
import type { FindingView, ObservationView, Passport } from '../model/wire/index.ts';
import { exceptionDigest } from './active-exception.ts';
import type { ExceptionDocument } from './documents/exception-document.ts';
import type { ImagePolicySpec } from './documents/image-policy-document.ts';
import { judgeImage } from './judge-image.ts';
import { imageRuleIds } from './rules/image-rule.ts';
import { imageRules } from './rules/image-rules.ts';

const now = Date.parse('2026-06-01');
const digest = `sha256:${'a'.repeat(64)}` as const;
const component = {
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
const none = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };

function finding(more: Partial<FindingView> = {}): FindingView {
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
const exploited = { since: '2026-02-01T00:00:00Z', due: null, ransomware: false };
function observation(rule: string, more: Partial<ObservationView> = {}): ObservationView {
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
type Facts = NonNullable<Passport['facts']>;
function passport(more: Partial<Passport> = {}, facts: Partial<Facts> = {}): Passport {
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
function facts(more: Partial<ImagePolicyFacts> = {}): ImagePolicyFacts {
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
const judge = (
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
const told = (verdict: ReturnType<typeof judge>): string =>
  [verdict.outcome, ...new Set(verdict.findings.map(({ rule }) => rule))].join(' ');

const signer = (identity: string, issuer?: string, scheme: 'cosign' | 'gpg' = 'cosign'): Trust => ({
  state: 'verified',
  signers: [{ scheme, identity, authority: 'x', ...(issuer ? { issuer } : {}) }],
});
const by = (trustRoot: string, trust: Trust) => ({ trustRoot, trust });
const rejectedTrust: Trust = { state: 'rejected', code: 'bad-signature', message: 'it does not fit' };
const slsa = 'https://slsa.dev/provenance/v1';
const attested = (trust: Trust, predicate: unknown = { level: 3 }, trustRoot = 'ci') => ({
  predicateType: slsa,
  predicate,
  trust,
  trustRoot,
});
const withFindings = (...findings: FindingView[]) => ({ passport: passport({ findings }) });
const unjudged = {
  components: [component, { ...component, name: 'b', judged: false }],
  judgement: { state: 'partly-judged', componentsJudged: 1, componentsNotJudged: 1, notCovered: ['npm'] },
} as const;
const allUnjudged = {
  components: [{ ...component, judged: false }],
  judgement: { state: 'not-judged', componentsJudged: 0, componentsNotJudged: 1, notCovered: ['npm'] },
} as const;
const removedRecord = { kind: 'package-database-removed', path: '/var/lib/dpkg/status', layer: 1, detail: '' } as const;

const base = (name: string | null, baseDigest: string | null = null): Partial<ImagePolicyFacts> => ({
  passport: passport({}, { baseImage: { name, digest: baseDigest, layers: null, evidence: 'layers' } }),
});

describe.each<[string, readonly [string, ImagePolicySpec, Partial<ImagePolicyFacts>, string][]]>([
  [
    'an empty policy',
    [
      ['of an image in which all is well', {}, {}, 'allow'],
      ['of one that was not scanned', {}, { passport: undefined }, 'undecided'],
      [
        'of one that could not be read',
        {},
        { passport: { ...passport(), image: { ...passport().image, state: 'failed' } as never } },
        'undecided',
      ],
      [
        'of one that was scanned for another platform',
        {},
        { passport: passport({ platform: 'linux/arm64' }) },
        'undecided',
      ],
      ['of one whose platform nobody knows', {}, { passport: passport({ platform: null }) }, 'undecided'],
      [
        'of a bill that is no image',
        {},
        { passport: passport({ subject: { kind: 'bom', key: '', name: '' } }) },
        'undecided',
      ],
      ['of a critical flaw', {}, withFindings(finding()), 'allow'],
      [
        'of one that is exploited',
        {},
        withFindings(finding({ knownExploited: exploited })),
        'deny image/known-exploited',
      ],
      [
        'of one that is exploited and has no fix',
        {},
        withFindings(finding({ knownExploited: exploited, fixedIn: null })),
        'allow',
      ],
      [
        'of a lesser one that is exploited',
        {},
        withFindings(finding({ knownExploited: exploited, severity: 'high' })),
        'allow',
      ],
      ['of components of which none was judged', {}, { passport: passport(allUnjudged) }, 'undecided'],
      ['of components of which some were judged', {}, { passport: passport(unjudged) }, 'allow'],
      [
        'of an image without its package database',
        {},
        {
          passport: passport({
            components: [],
            judgement: { state: 'not-judged', componentsJudged: 0, componentsNotJudged: 0, notCovered: [] },
            unknown: { ...passport().unknown, state: 'unknown', records: [removedRecord] },
          }),
        },
        'undecided',
      ],
      [
        'of a private key',
        {},
        { passport: passport({ observations: [observation('inspect/secret/private-key')] }) },
        'deny image/secret',
      ],
      [
        'of a lesser secret',
        {},
        { passport: passport({ observations: [observation('inspect/secret/password', { severity: 'medium' })] }) },
        'allow',
      ],
      [
        'of a miner',
        {},
        { passport: passport({ observations: [observation('inspect/malware/miner', { severity: 'critical' })] }) },
        'deny image/malware',
      ],
      [
        'of other observations',
        {},
        { passport: passport({ observations: [observation('inspect/mode/device')] }) },
        'allow',
      ],
      [
        'of observations that are not listed',
        {},
        { passport: passport({ observations: [observation('inspect/mode/device')], moreObservations: 3 }) },
        'undecided',
      ],
      [
        'of small observations that are not listed',
        {},
        {
          passport: passport({
            observations: [observation('inspect/mode/device', { severity: 'low' })],
            moreObservations: 3,
          }),
        },
        'allow',
      ],
      [
        'of files that could not be looked into',
        {},
        { passport: passport({ problems: [{ code: 'image/not-examined', message: '' }] }) },
        'undecided',
      ],
      ['of an image into which nobody looked', {}, { passport: passport({ facts: null }) }, 'undecided'],
    ],
  ],
  [
    'signatures',
    [
      ['that nobody looked for', { signed: { trustRoots: ['ci'] } }, {}, 'undecided'],
      [
        'that are not there',
        { signed: { trustRoots: ['ci'] } },
        { signatures: [by('ci', { state: 'unsigned' })] },
        'deny image/signed',
      ],
      [
        'that do not count',
        { signed: { trustRoots: ['ci'] } },
        { signatures: [by('ci', rejectedTrust)] },
        'deny image/signed',
      ],
      [
        'that count',
        { signed: { trustRoots: ['ci'] } },
        { signatures: [by('ci', rejectedTrust), by('ci', signer('a'))] },
        'allow',
      ],
      [
        'by another trust root',
        { signed: { trustRoots: ['ci'] } },
        { signatures: [by('other', signer('a')), by('ci', { state: 'unsigned' })] },
        'deny image/signed',
      ],
      [
        'by somebody else',
        { signed: { trustRoots: ['ci'], signers: [{ identity: 'a' }] } },
        { signatures: [by('ci', signer('ab'))] },
        'deny image/signed',
      ],
      [
        'by another issuer',
        { signed: { trustRoots: ['ci'], signers: [{ identity: 'a', issuer: 'i' }] } },
        { signatures: [by('ci', signer('a', 'j'))] },
        'deny image/signed',
      ],
      [
        'without an issuer',
        { signed: { trustRoots: ['ci'], signers: [{ identity: 'a', issuer: 'i' }] } },
        { signatures: [by('ci', signer('a'))] },
        'deny image/signed',
      ],
      [
        'by a pattern',
        { signed: { trustRoots: ['ci'], signers: [{ identityPattern: 'https://x/*' }] } },
        { signatures: [by('ci', signer('https://x/y'))] },
        'allow',
      ],
      [
        'of one who signs twice',
        { signed: { trustRoots: ['ci', 'b'], threshold: 2 } },
        { signatures: [by('ci', signer('a')), by('b', signer('a', 'i', 'gpg'))] },
        'deny image/signed',
      ],
      [
        'of two',
        { signed: { trustRoots: ['ci'], threshold: 2 } },
        { signatures: [by('ci', signer('a')), by('ci', signer('b'))] },
        'allow',
      ],
    ],
  ],
  [
    'attestations',
    [
      ['that are not there', { attestations: [{ predicateType: slsa }] }, {}, 'deny image/attestation'],
      [
        'that nobody vouches for',
        { attestations: [{ predicateType: slsa }] },
        { attestations: [attested({ state: 'unsigned' }), attested(rejectedTrust)] },
        'deny image/attestation',
      ],
      [
        'by another trust root',
        { attestations: [{ predicateType: slsa, trustRoots: ['x'] }] },
        { attestations: [attested(signer('a'))] },
        'deny image/attestation',
      ],
      [
        'that say what they must',
        { attestations: [{ predicateType: slsa, condition: 'predicate.level >= 3' }] },
        { attestations: [attested(signer('a'), { level: 1 }), attested(signer('a'))] },
        'allow',
      ],
      [
        'that say something else',
        { attestations: [{ predicateType: slsa, condition: 'predicate.level >= 4' }] },
        { attestations: [attested(signer('a'))] },
        'deny image/attestation',
      ],
      [
        'that say what they must to nobody',
        { attestations: [{ predicateType: slsa, condition: 'predicate.level >= 3' }] },
        { attestations: [attested(rejectedTrust)] },
        'deny image/attestation',
      ],
      [
        'of which nothing can be told',
        { attestations: [{ predicateType: slsa, condition: 'predicate.lvl >= 4' }] },
        { attestations: [attested(signer('a'))] },
        'undecided',
      ],
    ],
  ],
  [
    'age',
    [
      ['of a young image', { maxAge: '32d' }, {}, 'allow'],
      ['of an old one', { maxAge: '30d' }, {}, 'deny image/age'],
      [
        'of one from the future',
        { maxAge: '30d' },
        { passport: passport({}, { created: '2027-01-01T00:00:00Z' }) },
        'deny image/age',
      ],
      ['that nobody knows', { maxAge: '30d' }, { passport: passport({}, { created: null }) }, 'undecided'],
    ],
  ],
  [
    'flaws',
    [
      [
        'as bad as is allowed',
        { vulnerabilities: { maxSeverity: 'high' } },
        withFindings(finding({ severity: 'high' })),
        'allow',
      ],
      [
        'worse than is allowed',
        { vulnerabilities: { maxSeverity: 'high' } },
        withFindings(finding()),
        'deny image/vulnerabilities',
      ],
      [
        'of any severity',
        { vulnerabilities: { maxSeverity: 'none' } },
        withFindings(finding({ severity: 'negligible' })),
        'deny image/vulnerabilities',
      ],
      [
        'that nobody rated',
        { vulnerabilities: { maxSeverity: 'high' } },
        withFindings(finding({ severity: 'unknown' })),
        'deny image/vulnerabilities',
      ],
      [
        'that nobody rated, allowed',
        { vulnerabilities: { maxSeverity: 'high', unknownSeverity: 'allow' } },
        withFindings(finding({ severity: 'unknown' })),
        'allow',
      ],
      [
        'without a fix',
        { vulnerabilities: { maxSeverity: 'low', onlyFixed: true } },
        withFindings(finding({ fixedIn: null })),
        'allow',
      ],
      ['in their grace', { vulnerabilities: { maxSeverity: 'low', grace: '200d' } }, withFindings(finding()), 'allow'],
      [
        'after their grace',
        { vulnerabilities: { maxSeverity: 'low', grace: '100d' } },
        withFindings(finding()),
        'deny image/vulnerabilities',
      ],
      [
        'that are exploited have no grace',
        { vulnerabilities: { maxSeverity: 'low', grace: '200d' } },
        withFindings(finding({ knownExploited: exploited, severity: 'high' })),
        'deny image/vulnerabilities',
      ],
      [
        'that are exploited, whatever the severity',
        { vulnerabilities: { knownExploited: 'refuse' } },
        withFindings(finding({ knownExploited: exploited, severity: 'low', fixedIn: null })),
        'deny image/known-exploited',
      ],
      [
        'that are exploited, allowed',
        { vulnerabilities: { knownExploited: 'allow' } },
        withFindings(finding({ knownExploited: exploited })),
        'allow',
      ],
      [
        'that are likely to be attacked',
        { vulnerabilities: { epss: 0.5 } },
        withFindings(finding({ severity: 'low', epss: { probability: 0.5, percentile: 0.9 } })),
        'deny image/vulnerabilities',
      ],
      ['of components that nobody judged', { vulnerabilities: {} }, { passport: passport(unjudged) }, 'undecided'],
      [
        'of components that nobody judged, allowed',
        { vulnerabilities: {}, unknown: { notJudged: 'allow' } },
        { passport: passport(unjudged) },
        'allow',
      ],
      [
        'of components that nobody judged, refused',
        { unknown: { notJudged: 'refuse' } },
        { passport: passport(unjudged) },
        'deny image/unknown',
      ],
      [
        'that could not be compared',
        { vulnerabilities: {} },
        { passport: passport({ undetermined: [{ advisory: 'a', component: 'b', reason: 'c' }] }) },
        'undecided',
      ],
      [
        'of what could not be read',
        { vulnerabilities: {} },
        { passport: passport({ problems: [{ code: 'catalog/dpkg/bad-stanza', message: 'm' }] }) },
        'undecided',
      ],
      [
        'that are found are refused, whatever is open',
        { vulnerabilities: { maxSeverity: 'low' } },
        { passport: passport({ ...unjudged, findings: [finding()] }) },
        'deny image/vulnerabilities',
      ],
    ],
  ],
  [
    'licenses',
    [
      ['that are denied', { licenses: { deny: ['mit'] } }, {}, 'deny image/license'],
      ['that are denied by a pattern', { licenses: { deny: ['M*'] } }, {}, 'deny image/license'],
      ['that are allowed', { licenses: { allow: ['MIT'] } }, {}, 'allow'],
      ['that are not among the allowed', { licenses: { allow: ['Apache-2.0'] } }, {}, 'deny image/license'],
      [
        'of which one can be chosen',
        { licenses: { deny: ['GPL-*'] } },
        { passport: passport({ components: [{ ...component, licenses: ['GPL-2.0-only OR MIT'] }] }) },
        'allow',
      ],
      [
        'that nobody knows',
        { licenses: { deny: ['GPL-*'] } },
        { passport: passport({ components: [{ ...component, licenses: [] }] }) },
        'deny image/license',
      ],
      [
        'that nobody knows, allowed',
        { licenses: { deny: ['GPL-*'], unknown: 'allow' } },
        { passport: passport({ components: [{ ...component, licenses: [] }] }) },
        'allow',
      ],
    ],
  ],
  [
    'what else is in the image',
    [
      ['a package that nobody wants', { packages: { deny: ['npm:left-pad'] } }, {}, 'deny image/package'],
      ['another version of it', { packages: { deny: ['npm:left-pad@1.2.0'] } }, {}, 'allow'],
      [
        'root',
        { user: { root: 'refuse' } },
        { passport: passport({}, { user: '', runsAsRoot: true }) },
        'deny image/root-user',
      ],
      ['nobody knows who', { user: { root: 'refuse' } }, { passport: passport({}, { runsAsRoot: null }) }, 'undecided'],
      [
        'a lesser secret',
        { secrets: { minSeverity: 'low' } },
        { passport: passport({ observations: [observation('inspect/secret/password', { severity: 'low' })] }) },
        'deny image/secret',
      ],
      [
        'a secret, allowed',
        { secrets: { found: 'allow' } },
        { passport: passport({ observations: [observation('inspect/secret/private-key')] }) },
        'allow',
      ],
      [
        'more unknown than is allowed',
        { unknown: { state: 'known' } },
        { passport: passport({ unknown: { ...passport().unknown, state: 'partly-known' } }) },
        'deny image/unknown',
      ],
      [
        'programs of no package',
        { unknown: { maxUnownedPercent: 5 } },
        { passport: passport({ unknown: { ...passport().unknown, unownedPercent: 5.1 } }) },
        'deny image/unknown',
      ],
      [
        'programs that nobody looked at',
        { unknown: { maxUnownedPercent: 5 } },
        { passport: passport({ unknown: { ...passport().unknown, unownedPercent: null } }) },
        'undecided',
      ],
    ],
  ],
  [
    'base images',
    [
      ['that nobody knows', { baseImages: { allow: ['docker.io/library/debian'] } }, {}, 'undecided'],
      ['that are allowed', { baseImages: { allow: ['docker.io/library/debian'] } }, base('debian:12'), 'allow'],
      [
        'of an allowed tag',
        { baseImages: { allow: ['docker.io/library/debian:12*'] } },
        base('debian:12-slim'),
        'allow',
      ],
      [
        'of another tag',
        { baseImages: { allow: ['docker.io/library/debian:12*'] } },
        base('debian:11'),
        'deny image/base-image',
      ],
      [
        'of a registry with a port',
        { baseImages: { allow: ['localhost:5000/base/**'] } },
        base('localhost:5000/base/a:1'),
        'allow',
      ],
      [
        'of another registry',
        { baseImages: { allow: ['docker.io/library/debian'] } },
        base('evil.example/library/debian:12'),
        'deny image/base-image',
      ],
      ['of an allowed digest', { baseImages: { allow: [digest] } }, base(null, digest), 'allow'],
      ['with a name that is none', { baseImages: { allow: ['*/debian'] } }, base('  debian'), 'deny image/base-image'],
    ],
  ],
  [
    'conditions',
    [
      [
        'that hold',
        { conditions: [{ name: 'c', expression: 'image.repository == "team/web"', message: 'm' }] },
        {},
        'allow',
      ],
      [
        'that do not',
        { conditions: [{ name: 'c', expression: 'size(signers) > 0', message: 'm' }] },
        { signatures: [by('a', rejectedTrust)] },
        'deny image/condition',
      ],
      [
        'that cannot be evaluated',
        { conditions: [{ name: 'c', expression: 'passport.nothing', message: 'm' }] },
        {},
        'undecided',
      ],
      ['that are none', { conditions: [{ name: 'c', expression: '1 +', message: 'm' }] }, {}, 'undecided'],
    ],
  ],
])('%s', (_, cases) => {
  it.each(cases)('%s', (__, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('a verdict', () => {
  it('is told and not enforced where a policy observes', () => {
    const of = withFindings(finding({ knownExploited: exploited }));
    expect(judge({ maxAge: '1d' }, of, [], 'observe')).toMatchObject({
      outcome: 'allow',
      observed: true,
      findings: [{}, {}],
    });
    expect(judge({}, { passport: undefined }, [], 'observe')).toMatchObject({
      observed: true,
      cause: expect.stringContaining('not scanned'),
    });
  });

  it('says of each finding what to do, with title and rule', () => {
    const { findings } = judge(
      { maxAge: '1d' },
      withFindings(finding({ knownExploited: exploited, remedy: 'npm i left-pad@1.3.1' })),
    );
    expect(findings).toMatchObject([
      { rule: 'image/age', title: expect.any(String), remedy: expect.stringContaining('Build') },
      {
        rule: 'image/known-exploited',
        flaw: 'CVE-2026-1',
        aliases: ['GHSA-1'],
        component: component.purl,
        remedy: 'npm i left-pad@1.3.1',
      },
    ]);
  });

  it('is total: a rule that fails is undecided', () => {
    expect(judge({}, { passport: passport({ findings: null as never }) })).toMatchObject({
      outcome: 'undecided',
      cause: expect.stringContaining('image/known-exploited: the rule failed'),
    });
  });

  it('knows every rule', () => expect(imageRules.map(({ id }) => id)).toEqual(imageRuleIds));
});

describe('an exception', () => {
  const document: ExceptionDocument = {
    apiVersion: 'portwarden/v1',
    kind: 'Exception',
    metadata: { name: 'e' },
    spec: {
      owner: 'web team',
      reason: 'r',
      scope: { repositories: ['r.example/team/*'] },
      rules: ['image/known-exploited', 'image/age'],
      flaws: ['CVE-2026-1'],
      expires: '2026-07-01',
      requested: { by: 'alice', at: '2026-05-01' },
    },
  };
  const approved = {
    ...document,
    spec: { ...document.spec, approved: { by: 'bob', at: '2026-05-02', digest: exceptionDigest(document) } },
  };
  const of = withFindings(finding({ knownExploited: exploited }));

  it('lets a finding pass, and says so', () => {
    expect(judge({}, of, [approved])).toMatchObject({
      outcome: 'allow',
      findings: [{ excepted: { name: 'e', owner: 'web team', expires: Date.parse('2026-07-01') } }],
    });
  });

  it.each<[string, readonly ExceptionDocument[], Partial<ImagePolicyFacts>, ImagePolicySpec, string]>([
    ['that nobody approved', [document], of, {}, 'deny'],
    ['that has ended', [approved], { ...of, now: Date.parse('2026-07-01') }, {}, 'deny'],
    [
      'of another flaw',
      [approved],
      withFindings(finding({ knownExploited: exploited, advisory: 'CVE-2026-2', aliases: [] })),
      {},
      'deny',
    ],
    ['of one of two findings', [approved], of, { maxAge: '1d' }, 'deny'],
    ['of what is undecided', [approved], { passport: undefined }, {}, 'undecided'],
  ])('does nothing: one %s', (_, exceptions, more, spec, outcome) => {
    expect(judge(spec, more, exceptions).outcome).toBe(outcome);
  });
});
