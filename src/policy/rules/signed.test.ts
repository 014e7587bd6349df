import { describe, expect, it } from 'vitest';
import {
  attested,
  by,
  judge,
  rejectedTrust,
  signer,
  slsa,
  told,
  type VerdictCase,
} from '../../../test/fakes/policy-facts.ts';

describe('signatures', () => {
  it.each<VerdictCase>([
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
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});

describe('attestations', () => {
  it.each<VerdictCase>([
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
  ])('%s', (_, spec, of, expected) => expect(told(judge(spec, of))).toBe(expected));
});
