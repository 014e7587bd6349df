import { describe, expect, it } from 'vitest';
import type { Attestation, Trust } from '../model/index.ts';
import { type InputContractDocument, parseDocuments } from '../policy/index.ts';
import { compileContractPredicate, contractPredicate, parseAttestedContract } from './attested-contract.ts';

const image = { registry: 'registry.example', repository: 'team/app' };
const verified: Trust = {
  state: 'verified',
  signers: [{ scheme: 'cosign', identity: 'sha256:ab', authority: 'maker' }],
};
const of = (predicate: unknown, over: Partial<Attestation> = {}): Attestation => ({
  predicateType: contractPredicate,
  predicate,
  trust: verified,
  ...over,
});
const spec = { environment: { PORT: { type: 'port' } }, unknown: 'refuse' };

describe('the contract that comes with an image', () => {
  it('is of that image alone, whatever it says of images', () => {
    const contract = parseAttestedContract([of({ ...spec, images: ['other.example/**'] })], image);
    expect(contract?.spec).toEqual({ ...spec, images: ['registry.example/team/app'] });
  });

  it.each<[string, readonly Attestation[]]>([
    ['no statement', []],
    ['a statement of another kind', [of(spec, { predicateType: 'https://slsa.dev/provenance/v1' })]],
    ['one that nobody signed', [of(spec, { trust: { state: 'unsigned' } })]],
    ['one by who is not trusted', [of(spec, { trust: { state: 'rejected', code: 'untrusted-key', message: 'no' } })]],
    ['a list', [of([])]],
    ['nothing', [of(null)]],
    ['what no contract knows', [of({ ...spec, exploit: true })]],
    ['a prototype', [of(JSON.parse('{"__proto__": {"unknown": "report"}, "environment": {}, "x": 1}'))]],
  ])('is not there by %s', (_, attestations) => {
    expect(parseAttestedContract(attestations, image)).toBeUndefined();
  });

  it('is the first that is one', () => {
    expect(parseAttestedContract([of('no'), of(spec), of({ unknown: 'report' })], image)?.spec.unknown).toBe('refuse');
  });

  it('says what the document said that it was made of', () => {
    const text = JSON.stringify({
      apiVersion: 'portwarden/v1',
      kind: 'InputContract',
      metadata: { name: 'app' },
      spec: { images: ['a.example/team/**'], ...spec },
    });
    const [document] = parseDocuments(text, 'app.yaml');
    const predicate = compileContractPredicate(document as InputContractDocument);
    expect(predicate).toEqual(spec);
    expect(parseAttestedContract([of(predicate)], image)?.spec).toMatchObject(spec);
  });
});
