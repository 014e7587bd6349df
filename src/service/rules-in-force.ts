import { digestOf } from '../base/index.ts';
import type { DocumentStore } from '../model/index.ts';
import type {
  ExceptionDocument,
  ImagePolicyDocument,
  InputContractDocument,
  LaunchPolicyDocument,
  PolicyDocument,
  RegistryDocument,
  TrustRootDocument,
} from '../policy/index.ts';
import type { TrustAnchors } from '../trust/index.ts';
import { compileTrustAnchors, type TrustSources } from './trust-anchors.ts';

/** The documents that were applied, as everything asks of them. */
export interface RulesInForce {
  readonly revision: number;
  readonly registries: readonly RegistryDocument[];
  readonly exceptions: readonly ExceptionDocument[];
  readonly trustRoots: readonly TrustRootDocument[];
  readonly launchPolicies: readonly LaunchPolicyDocument[];
  readonly contracts: readonly InputContractDocument[];
  /** The strictest look at inputs that a policy asks for. */
  readonly inputStrictness: 1 | 2;
  /** Of a registry; one with an empty spec where it names none. */
  policyOf(registry: RegistryDocument): ImagePolicyDocument;
  /** By which the images of a registry may be signed, by name: those that it names, and those that its policy names. */
  trustRootsOf(registry: RegistryDocument): readonly TrustRootDocument[];
  /** Throws TrustError where a file that it names cannot be used: then nothing is trusted by it. */
  anchorsOf(root: TrustRootDocument): Promise<TrustAnchors>;
}

/** What holds where no policy is named. */
export const defaultPolicy: ImagePolicyDocument = {
  apiVersion: 'portwarden/v1',
  kind: 'ImagePolicy',
  metadata: { name: 'default' },
  spec: {},
};

/** How long files and TUF repositories that documents name are taken for what they were, in milliseconds. */
const refreshEvery = 3_600_000;

export function compileRules(
  documents: readonly PolicyDocument[],
  revision: number,
  sources: TrustSources,
): RulesInForce {
  const ofKind = <Kind extends PolicyDocument['kind']>(kind: Kind) =>
    documents.filter((document): document is Extract<PolicyDocument, { kind: Kind }> => document.kind === kind);
  const policies = new Map(ofKind('ImagePolicy').map((policy) => [policy.metadata.name, policy]));
  const roots = new Map(ofKind('TrustRoot').map((root) => [root.metadata.name, root]));
  const launchPolicies = ofKind('LaunchPolicy');
  const anchors = new Map<string, { readonly compiled: Promise<TrustAnchors>; readonly at: number }>();

  function policyOf({ metadata, spec }: RegistryDocument): ImagePolicyDocument {
    if (spec.policy === undefined) return defaultPolicy;
    const policy = policies.get(spec.policy);
    // Documents are checked against each other when they are applied.
    if (!policy) throw new TypeError(`the registry ${metadata.name} names a policy that is not there`);
    return policy;
  }

  return {
    revision,
    registries: ofKind('Registry'),
    exceptions: ofKind('Exception'),
    trustRoots: [...roots.values()],
    launchPolicies,
    contracts: ofKind('InputContract'),
    inputStrictness: launchPolicies.some(({ spec }) => spec.inputs?.strictness === 2) ? 2 : 1,
    policyOf,
    trustRootsOf(registry) {
      const names = new Set([...(registry.spec.trustRoots ?? []), ...trustRootsNamedBy(policyOf(registry))]);
      return [...names].flatMap((name) => roots.get(name) ?? []);
    },
    anchorsOf(root) {
      const { name } = root.metadata;
      const known = anchors.get(name);
      if (known && performance.now() - known.at < refreshEvery) return known.compiled;
      const compiled = compileTrustAnchors(root, sources);
      anchors.set(name, { compiled, at: performance.now() });
      // A file that was missing may be there the next time; until then, what was trusted before still is.
      compiled.catch(() => (known ? anchors.set(name, { ...known, at: performance.now() }) : anchors.delete(name)));
      return compiled;
    },
  };
}

export function trustRootsNamedBy({ spec }: ImagePolicyDocument): readonly string[] {
  return [
    ...(spec.signed?.trustRoots ?? []),
    ...(spec.attestations ?? []).flatMap(({ trustRoots }) => trustRoots ?? []),
  ];
}

/** The digest by which a certificate says which wording of a policy it was judged by. */
export function policyDigest(policy: ImagePolicyDocument) {
  return digestOf(JSON.stringify(policy));
}

export interface RulesReader {
  (): Promise<RulesInForce>;
  /** The next who asks hears of a change that was made here. */
  forget(): void;
}

/** Reads the rules again when they have changed; asks the store for that once a second at most. */
export function createRulesReader(store: DocumentStore, sources: TrustSources, now: () => number): RulesReader {
  let current: { readonly rules: RulesInForce; readonly askedAt: number } | undefined;
  let asking: Promise<RulesInForce> | undefined;

  async function ask(): Promise<RulesInForce> {
    const revision = await store.revision().catch((error: unknown) => {
      // While the store is away, what held still holds.
      if (current) return current.rules.revision;
      throw error;
    });
    const rules =
      current?.rules.revision === revision
        ? current.rules
        : compileRules(
            (await store.list()).map(({ body }) => body as PolicyDocument),
            revision,
            sources,
          );
    current = { rules, askedAt: now() };
    return rules;
  }

  const read = async () => {
    if (current && now() - current.askedAt < 1000) return current.rules;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return Object.assign(read, {
    forget() {
      current = undefined;
      asking = undefined;
    },
  });
}
