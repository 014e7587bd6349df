import { describe, expect, it } from 'vitest';
import type { PinnedReference } from '../model/index.ts';
import { activeException, exceptionDigest, exceptionState } from './active-exception.ts';
import type { ExceptionDocument, ExceptionSpec } from './documents/exception-document.ts';

const at = (text: string): number => Date.parse(text);
const now = at('2026-06-01');
const image: PinnedReference = { registry: 'r.example', repository: 'team/web', digest: `sha256:${'a'.repeat(64)}` };
const finding = {
  rule: 'image/vulnerabilities',
  subject: 'openssl',
  flaw: 'CVE-2026-1',
  aliases: ['GHSA-x'],
  component: 'pkg:deb/debian/openssl@3.0?arch=amd64',
};

function exception(
  spec: Partial<ExceptionSpec> = {},
  approval: Partial<ExceptionSpec['approved']> = {},
): ExceptionDocument {
  const document: ExceptionDocument = {
    apiVersion: 'portwarden/v1',
    kind: 'Exception',
    metadata: { name: 'a' },
    spec: {
      owner: 'web',
      reason: 'soon',
      scope: { repositories: ['r.example/team/**'] },
      rules: ['image/vulnerabilities'],
      expires: '2026-07-01',
      requested: { by: 'alice', at: '2026-05-01' },
      ...spec,
    },
  };
  const approved = { by: 'bob', at: '2026-05-02', digest: exceptionDigest(document), ...approval };
  return { ...document, spec: { ...document.spec, approved } };
}
const edited = (document: ExceptionDocument, spec: Partial<ExceptionSpec>): ExceptionDocument => ({
  ...document,
  spec: { ...document.spec, ...spec },
});

describe('an exception', () => {
  it.each<[string, ExceptionDocument, string]>([
    ['that was approved', exception(), 'active'],
    ['that nobody approved', edited(exception(), { approved: undefined } as never), 'requested'],
    ['that was edited to last longer', edited(exception(), { expires: '2026-08-01' }), 'void'],
    ['that was edited to reach further', edited(exception(), { scope: { repositories: ['r.example/**'] } }), 'void'],
    ['that was renamed', { ...exception(), metadata: { name: 'b' } }, 'void'],
    ['that says who approved it by another name', exception({}, { by: 'Ａlice' }), 'void'],
    [
      'whose requester was changed afterwards',
      edited(exception({}, { by: 'alice' }), { requested: { by: 'carol', at: '2026-05-01' } }),
      'void',
    ],
    ['that was approved before it was asked for', exception({}, { at: '2026-04-01' }), 'void'],
    ['that is approved tomorrow', exception({}, { at: '2026-06-02' }), 'early'],
    ['that lasts too long', exception({ expires: '2027-07-01' }), 'void'],
    ['without an end', exception({ expires: 'never' }), 'void'],
    ['that ends now', exception({ expires: '2026-06-01' }), 'expired'],
  ])('%s', (_, document, state) => {
    expect(exceptionState(document, now).state).toBe(state);
    expect(activeException([document], finding, { image }, now)).toBe(state === 'active' ? document : undefined);
  });

  it('has one digest, in whatever order its fields stand', () => {
    const document = exception();
    const turned = { ...document, spec: Object.fromEntries(Object.entries(document.spec).reverse()) as ExceptionSpec };
    expect(exceptionDigest(turned)).toBe(exceptionDigest(document));
  });

  it.each<[string, Partial<ExceptionSpec>, boolean]>([
    ['by its flaw', { flaws: ['cve-2026-1'] }, true],
    ['by another name of its flaw', { flaws: ['GHSA-X'] }, true],
    ['not by another flaw', { flaws: ['CVE-2026-10'] }, false],
    ['by its package', { packages: ['deb:openssl'] }, true],
    ['not by another package', { packages: ['openssl-libs'] }, false],
    ['not by another version', { packages: ['openssl@3.1'] }, false],
    ['not by another rule', { rules: ['image/age'] }, false],
    ['by its digest', { scope: { digests: [image.digest] } }, true],
    [
      'not where the digest is another',
      { scope: { repositories: ['r.example/team/**'], digests: [`sha256:${'b'.repeat(64)}`] } },
      false,
    ],
    ['not by the registry of another', { scope: { repositories: ['evil.example/team/**'] } }, false],
    ['not by a folder that begins so', { scope: { repositories: ['r.example/tea/**'] } }, false],
    ['not by no scope', { scope: {} }, false],
  ])('is of a finding %s', (_, spec, holds) => {
    expect(activeException([exception(spec)], finding, { image }, now) !== undefined).toBe(holds);
  });

  it('is the one that lasts longest', () => {
    const longer = exception({ expires: '2026-07-02' });
    expect(activeException([exception(), longer, exception()], finding, { image }, now)).toBe(longer);
  });
});

describe('an exception that names launches', () => {
  it.each<[string, ExceptionSpec['scope']]>([
    ['of a host', { repositories: ['r.example/team/**'], hosts: ['*'] }],
    ['of a namespace', { repositories: ['r.example/team/**'], namespaces: ['*'] }],
    ['of a name', { repositories: ['r.example/team/**'], names: ['*'] }],
  ])('is none of an image that is judged for all of them: %s', (_, scope) => {
    expect(activeException([exception({ scope })], finding, { image }, now)).toBeUndefined();
  });

  it('is none where the image is not known', () => {
    const launch = { host: 'web-1', names: [] };
    expect(activeException([exception()], finding, { launch }, now)).toBeUndefined();
    expect(activeException([exception()], finding, { image, launch }, now)).toBeDefined();
  });
});
