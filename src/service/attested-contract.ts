import type { Attestation, PinnedReference } from '../model/index.ts';
import { type InputContractDocument, type InputContractSpec, PolicyError, parseDocuments } from '../policy/index.ts';

/** That a statement says what may be put into its image: the predicate is the `spec` of an InputContract without `images`. */
export const contractPredicate = 'https://portwarden.dev/input-contract/v1';

/** The name of a contract that came with its image. Documents of that name are of somebody else. */
export const attestedName = 'attested';

/**
 * The contract that whoever made an image states of it, where a trust root of its registry accepts who signed; of several the
 * first. Undefined where there is none, or one that is no contract: a policy that requires one refuses that.
 */
export function parseAttestedContract(
  attestations: readonly Attestation[],
  { registry, repository }: Pick<PinnedReference, 'registry' | 'repository'>,
): InputContractDocument | undefined {
  for (const { predicateType, predicate, trust } of attestations) {
    if (predicateType !== contractPredicate || trust.state !== 'verified') continue;
    const isObject = typeof predicate === 'object' && predicate !== null && !Array.isArray(predicate);
    if (!isObject) continue;
    // Of which image it is, is said by the statement alone.
    const spec = { ...predicate, images: [`${registry}/${repository}`] };
    const written = { apiVersion: 'portwarden/v1', kind: 'InputContract', metadata: { name: attestedName }, spec };
    try {
      const [document] = parseDocuments(JSON.stringify(written), 'the attestation');
      if (document?.kind === 'InputContract') return document;
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
    }
  }
  return undefined;
}

/** What `cosign attest --type contractPredicate --predicate` is given. */
export function compileContractPredicate({ spec }: InputContractDocument): Omit<InputContractSpec, 'images'> {
  const { images: _, ...predicate } = spec;
  return predicate;
}
