import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { documentSchema } from './document-schema.ts';
import { documentKinds, type PolicyDocumentKind } from './documents/document-kinds.ts';
import { formatDocument, parseDocuments } from './parse-documents.ts';
import { PolicyError } from './policy-error.ts';

const page = readFileSync(new URL('../../docs/reference/documents.md', import.meta.url), 'utf8');
const guide = readFileSync(new URL('../../docs/guide/protect-a-docker-host.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const kinds = Object.keys(documentKinds) as PolicyDocumentKind[];
const pair = generateKeyPairSync('ed25519');
const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function refusal(text: string): PolicyError {
  try {
    parseDocuments(text, 'p.yaml');
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

/** A document in JSON, one field a line, so that lines can be told. */
function written(kind: string, spec: unknown, more: object = {}): string {
  return JSON.stringify({ apiVersion: 'portwarden/v1', kind, metadata: { name: 'a' }, ...more, spec }, undefined, 1);
}
const registry = { host: 'registry.example', quarantine: 'quarantine', trusted: ['team/**'] };
const exception = {
  owner: 'web',
  reason: 'soon',
  scope: { repositories: ['registry.example/team/web'] },
  rules: ['image/age'],
  expires: '2026-12-01',
  requested: { by: 'alice', at: '2026-01-01' },
};
const digest = `sha256:${'0'.repeat(64)}`;
const approvedBy = (by: string, at = '2026-01-02') => ({ ...exception, approved: { by, at, digest } });

it('the documents of the guide are documents', () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
  expect(parseDocuments(text, 'portwarden.yaml').map(({ kind }) => kind)).toEqual([
    'Registry',
    'TrustRoot',
    'ImagePolicy',
  ]);
});

describe('the examples of the reference', () => {
  it('are one for each kind', () => expect(examples).toHaveLength(kinds.length));

  it.each(examples)('are documents, and are the same when they are written again', (text) => {
    const documents = parseDocuments(text, 'example.yaml');
    expect(documents).toHaveLength(1);
    expect(parseDocuments(documents.map(formatDocument).join('---\n'), 'again.yaml')).toEqual(documents);
  });

  it.each(examples)('are as the published schema says', (text) => {
    const ajv = new Ajv2020({ strict: true });
    for (const document of parseDocuments(text, 'example.yaml')) {
      const validate = ajv.compile(documentSchema(document.kind));
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...document, spec: { ...document.spec, unlisted: 1 } })).toBe(false);
    }
  });

  it('can stand in one file, but not twice', () => {
    expect(parseDocuments(examples.join('---\n'), 'all.yaml').map(({ kind }) => kind)).toEqual(kinds);
    expect(refusal([examples[0], examples[0]].join('---\n')).message).toMatch(
      /^p\.yaml:2\d:\d+: there is a Registry "main" already, at line 1$/,
    );
  });
});

describe('what an editor is told of a field', () => {
  it.each(kinds)('is there for each kind: %s', (kind) => {
    const schema = documentSchema(kind);
    expect(schema).toMatchObject({ $id: expect.stringContaining(kind), title: kind, description: expect.any(String) });
    expect(JSON.stringify(schema)).not.toContain('"accepts"');
  });
});

describe('a document that is taken', () => {
  it.each([
    ['an empty policy', written('ImagePolicy', {})],
    ['one that observes', written('ImagePolicy', {}, { mode: 'observe' })],
    ['a key', written('TrustRoot', { keys: [{ name: 'a', pem: publicKey }] })],
    [
      'the root of sigstore in place',
      written('TrustRoot', {
        keyless: {
          trustedRoot: { mediaType: 'x', tlogs: [{ a: 1 }] },
          identities: [{ subject: 'a@b.c', issuer: 'https://i.example' }],
        },
      }),
    ],
    [
      'trusted folders beside the quarantine',
      written('Registry', {
        ...registry,
        quarantine: 'infra/quarantine',
        trusted: ['infra/web', 'infra/quarantine-x/**', 'team/*'],
      }),
    ],
    ['one that somebody else approved', written('Exception', approvedBy('bob'))],
    ['comments and empty documents', `# a\n---\n---\n${written('ImagePolicy', {})}\n---\n# b\n`],
  ])('%s', (_, text) => expect(parseDocuments(text, 'p.yaml')).toHaveLength(1));
});

describe('a document that is refused, with its place', () => {
  it.each<readonly [string, string, string, string | undefined]>([
    [
      'an unknown field',
      'apiVersion: portwarden/v1\nkind: ImagePolicy\nmetadata: {name: a}\nspec:\n  maxage: 3d\n',
      'p.yaml:5:3: spec has no field "maxage"',
      'Did you mean "maxAge"?',
    ],
    ['an unknown kind', 'kind: ImagePolcy', 'p.yaml:1:7: there is no such kind', 'Did you mean "ImagePolicy"?'],
    ['a kind that every object has', 'kind: constructor', 'p.yaml:1:7: there is no such kind', 'It is one of'],
    ['no kind', 'a: 1', 'p.yaml:1:1: a document lacks the field "kind"', 'It is one of'],
    ['a list', '- a', 'p.yaml:1:1: a document must be a mapping', undefined],
    [
      'a mode that there is not',
      'kind: ImagePolicy\nmode: observ',
      'p.yaml:2:7: mode must be "enforce" or "observe"',
      'Did you mean "observe"?',
    ],
    ['a mode of a kind without', written('Registry', registry, { mode: 'observe' }), 'has no field "mode"', undefined],
    [
      'another version',
      'apiVersion: portwarden/v2\nkind: Registry',
      'p.yaml:1:13: apiVersion must be "portwarden/v1"',
      'Did you mean',
    ],
    [
      'a missing field',
      written('Registry', { host: 'a.b', quarantine: 'q' }),
      'spec lacks the field "trusted"',
      'Add "trusted:"',
    ],
    [
      'a number for text',
      'kind: Registry\nspec: {channels: {s: {floor: 1.10}}}',
      'p.yaml:2:30: spec.channels.s.floor must be a version, not a number',
      'Put it in quotes',
    ],
    ['a duration without unit', written('ImagePolicy', { maxAge: '30' }), 'spec.maxAge must be a duration', undefined],
    [
      'a rule that there is not',
      written('Exception', { ...exception, rules: ['image/vulnerability'] }),
      'spec.rules[0] must be "image/integrity"',
      'Did you mean "image/vulnerabilities"?',
    ],
    [
      'a pattern with ** inside',
      written('Registry', { ...registry, trusted: ['a/**/b'] }),
      'spec.trusted[0] must be a pattern',
      'team/**',
    ],
    [
      'a pattern without its slash',
      written('Registry', { ...registry, trusted: ['team**'] }),
      'spec.trusted[0]',
      'team/**',
    ],
    [
      'a trusted quarantine',
      written('Registry', { ...registry, trusted: ['quarantine/**'] }),
      'spec.trusted[0] could be a repository of the quarantine',
      undefined,
    ],
    [
      'everything trusted',
      written('Registry', { ...registry, trusted: ['*/*'] }),
      'could be a repository of the quarantine',
      undefined,
    ],
    [
      'a folder above the quarantine',
      written('Registry', { ...registry, quarantine: 'a/q', trusted: ['a/**'] }),
      'could be a repository of the quarantine',
      undefined,
    ],
    [
      'a host with a scheme',
      written('Registry', { ...registry, host: 'https://registry.example' }),
      'spec.host must be',
      'no https://',
    ],
    [
      'versions in a channel by time',
      written('Registry', { ...registry, channels: { s: { order: 'created', range: '>1' } } }),
      'spec.channels.s orders by time',
      undefined,
    ],
    ['a trust root of nobody', written('TrustRoot', {}), 'spec names nobody', undefined],
    [
      'a subject without issuer',
      written('TrustRoot', { keyless: { trustedRoot: { file: '/a' }, identities: [{ subject: 'a' }] } }),
      'has neither "issuer" nor "issuerPattern"',
      undefined,
    ],
    [
      'a pattern of everybody',
      written('TrustRoot', {
        keyless: { trustedRoot: { file: '/a' }, identities: [{ subjectPattern: '**', issuer: 'a' }] },
      }),
      'it trusts nearly everybody',
      undefined,
    ],
    [
      'a time that ends before it begins',
      written('TrustRoot', { keys: [{ name: 'a', pem: publicKey, from: '2026-02-01', until: '2026-01-01' }] }),
      'until is not after "from"',
      undefined,
    ],
    [
      'a condition that cannot be read',
      'kind: ImagePolicy\nspec:\n  conditions:\n  - name: a\n    expression: 1 +\n    message: m',
      'p.yaml:5:17: spec.conditions[0].expression must be a condition in CEL; it cannot be read: <input>:1:',
      undefined,
    ],
    [
      'a condition on what there is not',
      written('ImagePolicy', { conditions: [{ name: 'a', expression: 'pasport != null', message: 'm' }] }),
      'did you mean "passport"?',
      undefined,
    ],
    [
      'a range of a package',
      written('ImagePolicy', { packages: { deny: ['log4j-core <2.17.1'] } }),
      'spec.packages.deny[0] must be a package',
      'conditions',
    ],
    [
      'an exception of everything',
      written('Exception', { ...exception, scope: {} }),
      'spec.scope is of every image',
      undefined,
    ],
    [
      'an exception of any registry by mistake',
      written('Exception', { ...exception, scope: { repositories: ['team/**'] } }),
      'does not begin with a registry',
      'registry.example/team/**',
    ],
    [
      'an exception for ever',
      written('Exception', { ...exception, expires: '2027-02-01' }),
      'spec.expires is more than a year',
      undefined,
    ],
    [
      'an exception that nobody asked for',
      written('Exception', { ...exception, requested: undefined }),
      'lacks the field "requested"',
      undefined,
    ],
    [
      'an approval before the question',
      written('Exception', approvedBy('bob', '2025-12-31')),
      'spec.approved.at is before it was asked for',
      undefined,
    ],
    ...[' Alice ', 'ALICE', 'ａｌｉｃｅ', 'аliсе', 'ali\u200bce', 'alicé'].map(
      (by) =>
        [
          `an approval by oneself as "${by}"`,
          written('Exception', approvedBy(by)),
          'spec.approved.by is who asked for it',
          undefined,
        ] as const,
    ),
  ])('%s', (_, text, message, remedy) => {
    const error = refusal(text);
    expect(error.message).toMatch(/^p\.yaml:\d+:\d+: /);
    expect(error.message).toContain(message);
    if (remedy !== undefined) expect(error.remedy).toContain(remedy);
  });
});

describe('a secret in a document', () => {
  it.each([
    ['a password for credentials', written('Registry', { ...registry, credentials: 'bob:hunter2' }), 'hunter2'],
    ['credentials as a mapping', written('Registry', { ...registry, credentials: { password: 'hunter2' } }), 'hunter2'],
    ['a URL with a password', written('Registry', { ...registry, host: 'bob:hunter2@registry.example' }), 'hunter2'],
    [
      'a private key for a public one',
      written('TrustRoot', { keys: [{ name: 'a', pem: privateKey }] }),
      privateKey.slice(30, 60),
    ],
    [
      'both keys',
      written('TrustRoot', { keys: [{ name: 'a', pem: publicKey + privateKey }] }),
      privateKey.slice(30, 60),
    ],
    [
      'a private key in the root of sigstore',
      written('TrustRoot', { keyless: { trustedRoot: { mediaType: 'x', a: [{ b: privateKey }] }, identities: [] } }),
      privateKey.slice(30, 60),
    ],
    [
      'a secret for a name of a field',
      written('Registry', { ...registry, [`ghp_${'hunter2'.repeat(8)}`]: 1 }),
      'hunter2',
    ],
    ['a secret in what is no YAML', 'kind: Registry\nspec: "a" hunter2 : b: c', 'hunter2'],
  ])('is refused and not repeated: %s', (_, text, secret) => {
    const error = refusal(text);
    expect(`${error.message} ${error.remedy}`).not.toContain(secret);
  });
});

describe('hostile YAML', () => {
  it.each([
    ['aliases', 'a: &a [x]\nb: [*a, *a]', 'aliases are not read'],
    [
      'a bomb of aliases',
      `a0: &a0 [x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`,
      'aliases are not read',
    ],
    ['an alias of itself', '&a [*a]', 'aliases are not read'],
    ['a prototype', '{"kind": "ImagePolicy", "__proto__": {"mode": "observe"}}', 'no field is called "__proto__"'],
    ['a merge key', 'kind: ImagePolicy\n<<: {mode: observe}', 'has no field "<<"'],
    ['YAML of another version', '%YAML 1.1\n---\nkind: ImagePolicy', 'directives are not read'],
    ['a tag', 'kind: !!binary aGk=', 'tags are not read'],
    ['a tag of its own', 'kind: !secret x', 'this is no YAML'],
    ['a field twice', 'kind: ImagePolicy\nmode: enforce\nmode: observe', 'p.yaml:3:1: the field "mode" is there twice'],
    [
      'a field twice in another form',
      'kind: ImagePolicy\nmode: enforce\n"mo\\u0064e": observe',
      'the field "mode" is there twice',
    ],
    ['a key that is no text', 'kind: ImagePolicy\n? [a]\n: 1', 'the name of a field must be text'],
    [
      'a number that is none',
      'kind: ImagePolicy\nspec: {unknown: {maxUnownedPercent: .nan}}',
      'neither text nor a finite number',
    ],
    ['brackets', '['.repeat(100_000), 'it nests too deep'],
    ['dashes', '- '.repeat(100_000), 'it nests too deep'],
    ['a staircase', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'it nests too deep'],
    ['a large file', ' '.repeat(2 ** 20 + 1), 'larger than'],
    ['many words', '&a '.repeat(300_000), 'words'],
    ['many documents', '--- 1\n'.repeat(1002), 'there are more than 1000 documents'],
    ['many items', written('ImagePolicy', { licenses: { deny: Array(1001).fill('a') } }), 'has more than 1000 items'],
  ])('is refused: %s', (_, text, message) => {
    const error = refusal(text);
    expect(error.message).toMatch(/^p\.yaml:\d+:\d+: /);
    expect(error.message).toContain(message);
  });

  it('leaves no trace in objects', () => {
    expect(() =>
      parseDocuments('kind: ImagePolicy\nspec: {constructor: {prototype: {polluted: 1}}}', 'p.yaml'),
    ).toThrow();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
