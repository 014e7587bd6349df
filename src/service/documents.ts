import { type Clock, digestOf, formatInstant } from '../base/index.ts';
import type { Store } from '../model/index.ts';
import type { DocumentChange, DocumentPlan, DocumentView } from '../model/wire/index.ts';
import {
  type ExceptionState,
  exceptionState,
  formatDocument,
  type PolicyDocument,
  parseDocuments,
} from '../policy/index.ts';
import { compileRules, type RulesInForce, trustRootsNamedBy } from './rules-in-force.ts';
import { ServiceError } from './service-error.ts';
import type { TrustSources } from './trust-anchors.ts';

export interface DocumentFile {
  readonly name: string;
  readonly text: string;
}

export interface DocumentService {
  list(): Promise<readonly DocumentView[]>;
  /**
   * What applying these would change, which images it would turn, and which launches of so many days (7 unless said); changes
   * nothing. Throws PolicyError, ServiceError `bad-document-reference`.
   */
  plan(files: readonly DocumentFile[], days?: number): Promise<DocumentPlan>;
  /** Applies them all or none. Throws as plan does. */
  apply(files: readonly DocumentFile[], by: string): Promise<DocumentPlan>;
  /** False where it is not there. Throws ServiceError `bad-document-reference` where another document names it. */
  remove(kind: string, name: string, by: string): Promise<boolean>;
}

export interface DocumentParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly trustSources: TrustSources;
  /** Told when documents were put in force or taken out of it. */
  readonly onChange: () => void;
  /** Which certificates these rules would turn, and which launches of the last days. */
  readonly replay: (rules: RulesInForce, days: number) => Promise<DocumentPlan['effects']>;
}

/** Of which launches are judged again. */
const usualDays = 7;

const noEffects: DocumentPlan['effects'] = {
  images: 0,
  turned: [],
  launches: { since: null, replayed: 0, turned: [] },
};

export function createDocumentService({
  store,
  clock,
  trustSources,
  replay,
  onChange,
}: DocumentParts): DocumentService {
  const applied = async () => (await store.documents.list()).map(({ body }) => body as PolicyDocument);

  async function plan(files: readonly DocumentFile[], days = usualDays) {
    const documents = parseAll(files);
    const before = new Map((await applied()).map((document) => [keyOf(document), document]));
    const after = new Map([...before, ...documents.map((document) => [keyOf(document), document] as const)]);
    checkReferences([...after.values()]);
    const rules = compileRules([...after.values()], 0, trustSources);
    // That files of trust roots can be used is worth knowing before.
    for (const document of documents) if (document.kind === 'TrustRoot') await rules.anchorsOf(document);
    const changes: DocumentChange[] = documents.map((document) => {
      const known = before.get(keyOf(document));
      const change = !known ? 'create' : JSON.stringify(known) === JSON.stringify(document) ? 'none' : 'change';
      return { kind: document.kind, name: document.metadata.name, change };
    });
    const isChanged = changes.some(({ change }) => change !== 'none');
    return { documents, plan: { changes, effects: isChanged ? await replay(rules, days) : noEffects } };
  }

  return {
    async list() {
      const now = clock.now();
      return (await store.documents.list()).map(({ kind, name, body, digest, appliedAt, appliedBy }) => {
        const document = body as PolicyDocument;
        return {
          kind,
          name,
          digest,
          appliedAt: formatInstant(appliedAt),
          appliedBy,
          state: document.kind === 'Exception' ? describeState(exceptionState(document, now)) : null,
          text: formatDocument(document),
          document: body as Record<string, unknown>,
        };
      });
    },
    plan: async (files, days) => (await plan(files, days)).plan,
    async apply(files, by) {
      const { documents, plan: planned } = await plan(files);
      const changed = new Set(
        planned.changes.flatMap(({ kind, name, change }) => (change === 'none' ? [] : `${kind}/${name}`)),
      );
      const put = documents
        .filter((document) => changed.has(keyOf(document)))
        .map((document) => ({
          kind: document.kind,
          name: document.metadata.name,
          body: document,
          digest: digestOf(JSON.stringify(document)),
        }));
      if (put.length > 0) await store.documents.apply({ put, remove: [], at: clock.now(), by });
      onChange();
      return planned;
    },
    async remove(kind, name, by) {
      const documents = await applied();
      const rest = documents.filter((document) => keyOf(document) !== `${kind}/${name}`);
      if (rest.length === documents.length) return false;
      checkReferences(rest);
      await store.documents.apply({ put: [], remove: [{ kind, name }], at: clock.now(), by });
      onChange();
      return true;
    },
  };
}

function describeState(state: ExceptionState): string {
  return state.state === 'void' ? `void: it ${state.reason}` : state.state;
}

function keyOf({ kind, metadata }: PolicyDocument): string {
  return `${kind}/${metadata.name}`;
}

function parseAll(files: readonly DocumentFile[]): readonly PolicyDocument[] {
  const seen = new Map<string, string>();
  return files.flatMap(({ name, text }) => {
    const documents = parseDocuments(text, name);
    for (const document of documents) {
      const other = seen.get(keyOf(document));
      if (other !== undefined && other !== name) throw badReference(`${keyOf(document)} is in ${other} and in ${name}`);
      seen.set(keyOf(document), name);
    }
    return documents;
  });
}

/** That documents name documents that are there, and that no two registries claim the same name of the gate. */
function checkReferences(documents: readonly PolicyDocument[]): void {
  const there = new Set(documents.map(keyOf));
  const need = (of: PolicyDocument, kind: PolicyDocument['kind'], name: string) => {
    if (!there.has(`${kind}/${name}`)) throw badReference(`${keyOf(of)} names ${kind} "${name}", which is not there`);
  };
  const hosts = new Map<string, string>();
  for (const document of documents) {
    if (document.kind === 'Registry') {
      const { policy, trustRoots = [], promoteTo = [], host, gate } = document.spec;
      for (const name of promoteTo) need(document, 'Registry', name);
      if (policy !== undefined) need(document, 'ImagePolicy', policy);
      for (const name of trustRoots) need(document, 'TrustRoot', name);
      for (const name of [host, ...(gate?.names ?? [])]) {
        const other = hosts.get(name);
        if (other !== undefined) throw badReference(`${keyOf(document)} and ${other} are both reached as ${name}`);
        hosts.set(name, keyOf(document));
      }
    } else if (document.kind === 'ImagePolicy') {
      for (const name of trustRootsNamedBy(document)) need(document, 'TrustRoot', name);
    }
  }
}

function badReference(message: string): ServiceError {
  return new ServiceError('bad-document-reference', message, {
    remedy: 'Apply the documents that name each other together, or correct the name',
  });
}
