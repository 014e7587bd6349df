import { type Digest, digestOf, type Log, messageOf, silentLog } from '../base/index.ts';
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
  /** Names everything that launches are decided by: where it is the same, so are the rules. */
  readonly launchDigest: Digest;
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
  const ofLaunches = [launchPolicies, ofKind('Exception'), ofKind('InputContract'), ofKind('Registry')];
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
    launchDigest: digestOf(JSON.stringify(ofLaunches)),
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

/** Kinds that rules are compiled of. */
const ruleKinds: ReadonlySet<PolicyDocument['kind']> = new Set([
  'Registry',
  'TrustRoot',
  'ImagePolicy',
  'LaunchPolicy',
  'InputContract',
  'Exception',
]);

/** The documents that held when they were last read. */
export interface KeptDocuments {
  readonly revision: number;
  readonly documents: readonly PolicyDocument[];
}

/** Keeps documents on the disk of the host, for a start while the store is away. */
export interface DocumentsBook {
  /** Undefined where none are kept that can be trusted. */
  read(): Promise<KeptDocuments | undefined>;
  /** That the store says so now: called again and again. */
  write(kept: KeptDocuments): Promise<void>;
}

export interface RulesReaderParts {
  readonly store: DocumentStore;
  readonly sources: TrustSources;
  readonly now: () => number;
  readonly book?: DocumentsBook;
  readonly log?: Log;
}

/** Reads the rules again when they have changed; asks the store for that once a second at most. */
export function createRulesReader(parts: RulesReaderParts): RulesReader {
  const { store, sources, now, book, log = silentLog } = parts;
  let current: { readonly rules: RulesInForce; readonly askedAt: number } | undefined;
  let asking: Promise<RulesInForce> | undefined;
  let kept: Promise<KeptDocuments | undefined> | undefined;
  /** What the store itself said last. */
  let read: KeptDocuments | undefined;
  let failure: string | undefined;

  async function ask(): Promise<RulesInForce> {
    const revision = await store.revision().catch((cause: unknown) => ({ cause }));
    const rules = typeof revision === 'number' ? await ofStore(revision) : await whileAway(revision.cause);
    current = { rules, askedAt: now() };
    return rules;
  }

  async function ofStore(revision: number): Promise<RulesInForce> {
    const isKnown = read?.revision === revision && current?.rules.revision === revision;
    if (!isKnown || !read) {
      const documents = (await store.list()).map(({ body }) => body as PolicyDocument);
      read = { revision, documents: documents.filter(({ kind }) => ruleKinds.has(kind)) };
    }
    await keep(read);
    return isKnown && current ? current.rules : compileRules(read.documents, revision, sources);
  }

  /** What held still holds; at a start, what is kept on disk. */
  async function whileAway(cause: unknown): Promise<RulesInForce> {
    if (current) return current.rules;
    kept ??= book?.read();
    const found = await kept;
    if (!found) throw cause;
    return compileRules(found.documents, found.revision, sources);
  }

  async function keep(documents: KeptDocuments): Promise<void> {
    try {
      await book?.write(documents);
      failure = undefined;
    } catch (error) {
      if (failure !== messageOf(error)) log.warn({ error: messageOf(error) }, 'policies could not be kept on disk');
      failure = messageOf(error);
    }
  }

  const inForce = async () => {
    if (current && now() - current.askedAt < 1000) return current.rules;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
  return Object.assign(inForce, {
    forget() {
      current = undefined;
      asking = undefined;
    },
  });
}
