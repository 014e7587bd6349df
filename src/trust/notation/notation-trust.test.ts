import { describe, expect, it } from 'vitest';
import { makeAuthority, makeLeaf, makeRoot, toPem } from '../../../test/fakes/certificate-maker.ts';
import { parseNotationTrust } from './notation-trust.ts';

const root = makeRoot();
const other = makeRoot({ subject: 'C=US, O=Other, CN=Other Root' });
const pem = toPem(root);
const ca = { name: 'a', type: 'ca' as const, certificates: pem };

function reasonOf(...given: Parameters<typeof parseNotationTrust>): string | undefined {
  const trust = parseNotationTrust(...given);
  return 'reason' in trust ? trust.reason : undefined;
}

describe('trust as somebody configured it', () => {
  it('has every certificate of a store', () => {
    const trust = parseNotationTrust([{ ...ca, certificates: `# roots\n${pem}\n${toPem(other)}` }], ['*']);
    expect('stores' in trust && trust.stores[0]?.certificates.map(({ raw }) => raw)).toEqual([root.der, other.der]);
  });

  it.each([
    ['no certificate', ''],
    ['a certificate and a key', `${pem}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`],
    ['a certificate cut short', `${pem}\n${pem.slice(0, -30)}`],
    ['a certificate of noise', pem.replace(/\n[^-]+\n/, '\nAAAA\n')],
    ['an intermediate', toPem(makeAuthority(root))],
    ['a signer', toPem(makeLeaf(root))],
    ['one that only names itself its issuer', toPem(makeRoot({ signer: other.key }))],
  ])('is refused with %s in a store', (_what, certificates) => {
    expect(reasonOf([{ ...ca, certificates }], ['*'])).toMatch(/^trust store ca:a: /);
  });

  it('takes a name once for each type, and more than authorities of time', () => {
    expect(reasonOf([ca, { ...ca, type: 'tsa' }], ['*'])).toBeUndefined();
    expect(reasonOf([ca, ca], ['*'])).toMatch('twice');
    expect(reasonOf([], ['*'])).toMatch('required');
    expect(reasonOf([{ ...ca, type: 'tsa' }], ['*'])).toMatch('required');
  });

  const identity = 'x509.subject: C=US, ST=WA, O=a';
  it.each([
    [['*']],
    [[identity]],
    [['x509.subject:C=US,S=WA,O=a']],
    [[`${identity}, OU=b`, `${identity}, OU=c`]],
    [[`${identity}, OU=b\\, c\\;\\\\`]],
  ])('takes the identities %j', (identities) => expect(reasonOf([ca], identities)).toBeUndefined());

  it.each([
    [[]],
    [['*', identity]],
    [['x509.subject:']],
    [['x509.subject: C=US, ST=WA']],
    [['x509.subject: C=US, ST=, O=a']],
    [['x509.subject: C=US, ST=WA, O=a, O=b']],
    [['x509.subject: C=US, ST=WA, O=a,']],
    [['x509.subject: C=US, ST=WA, O=a; OU=b']],
    [['x509.subject: C=US, ST=WA, O=a+OU=b']],
    [['x509.subject: C=US, ST=WA, O=a\\']],
    [['x509.subject: C=US, ST=WA, O=\\ff']],
    [['C=US, ST=WA, O=a']],
    [[identity, `${identity}, OU=b`]],
    [[identity, identity]],
  ])('refuses the identities %j', (identities) => expect(reasonOf([ca], identities)).toMatch('identity'));
});
