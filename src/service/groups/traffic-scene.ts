import type { Instant } from '../../base/index.ts';
import { addressesOf } from '../../base/index.ts';
import type {
  DenyList,
  FetchedAddresses,
  NetworkReport,
  SecurityGroup,
  Store,
  TrafficModel,
  TrafficRemark,
} from '../../model/index.ts';
import {
  type AddressListDocument,
  denyListOf,
  type PolicyDocument,
  type SecurityGroupDocument,
  securityGroupOf,
} from '../../policy/index.ts';
import { compileTraffic } from '../../segmentation/index.ts';

/** Groups as they were applied, and the networks that they hold in. */
export interface TrafficScene {
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
  readonly documents: readonly AppliedGroup[];
  readonly lists: readonly AppliedList[];
  readonly hosts: readonly HostTraffic[];
}

/** What may talk on one host. Containers of other hosts are addresses outside. */
export interface HostTraffic {
  readonly host: string;
  readonly report: NetworkReport;
  readonly model: TrafficModel;
  readonly remarks: readonly TrafficRemark[];
}

export interface AppliedGroup {
  readonly group: SecurityGroup;
  readonly document: SecurityGroupDocument;
  readonly appliedAt?: Instant;
  readonly appliedBy?: string;
}

export interface AppliedList {
  readonly document: AddressListDocument;
  readonly fetched?: FetchedAddresses;
}

/** Groups and lists among documents, with what sources of lists had when they were read last. */
export interface TrafficRules {
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
  readonly documents: readonly AppliedGroup[];
  readonly lists: readonly AppliedList[];
}

export interface AppliedDocument {
  readonly document: PolicyDocument;
  readonly appliedAt?: Instant;
  readonly appliedBy?: string;
}

export function rulesOf(documents: readonly AppliedDocument[], fetched: readonly FetchedAddresses[]): TrafficRules {
  const groups = documents.flatMap(({ document, ...applied }): readonly AppliedGroup[] =>
    document.kind === 'SecurityGroup' ? [{ group: securityGroupOf(document), document, ...applied }] : [],
  );
  const lists = documents.flatMap(({ document }): readonly AppliedList[] => {
    if (document.kind !== 'AddressList') return [];
    const known = fetched.find(({ list, source }) => list === document.metadata.name && source === sourceOf(document));
    return [{ document, ...(known ? { fetched: known } : {}) }];
  });
  return {
    documents: groups,
    lists,
    groups: groups.map(({ group }) => group),
    denyLists: lists.map(({ document, fetched: known }) => {
      const { name, addresses } = denyListOf(document);
      return { name, addresses: known ? addressesOf([addresses, known.addresses]) : addresses };
    }),
  };
}

/** Path or URL that a list has more addresses from. */
export function sourceOf({ spec: { source } }: AddressListDocument): string | undefined {
  return source?.file ?? source?.url;
}

export function compileScene(rules: TrafficRules, reports: readonly NetworkReport[]): TrafficScene {
  return { ...rules, hosts: reports.map((report) => compileHost(rules, report)) };
}

export function compileHost({ groups, denyLists }: TrafficRules, report: NetworkReport): HostTraffic {
  const { host, network, containers } = report;
  return { host, report, ...compileTraffic({ groups, denyLists, containers, network }) };
}

export interface SceneReader {
  /** What holds now; at most a second old. */
  (): Promise<TrafficScene>;
  /** Without the networks: what agents ask for. */
  rules(): Promise<TrafficRules>;
  /** What would hold with these documents in the place of those of the same kind and name. */
  with(documents: readonly PolicyDocument[]): Promise<TrafficScene>;
  forget(): void;
}

export interface SceneParts {
  readonly store: Pick<Store, 'documents' | 'traffic'>;
  /** For measuring how old an answer is; milliseconds. */
  readonly elapsed?: () => number;
}

const keptFor = 1000;

/** Reads and compiles again what has changed: documents by their revision, networks by when they were reported. */
export function createSceneReader({ store, elapsed = () => performance.now() }: SceneParts): SceneReader {
  let rules:
    | { readonly key: string; readonly documents: readonly AppliedDocument[]; readonly value: TrafficRules }
    | undefined;
  let hosts = new Map<string, { readonly rules: TrafficRules; readonly at: Instant; readonly value: HostTraffic }>();
  let scene: { readonly value: TrafficScene; readonly at: number } | undefined;
  let reading: Promise<TrafficScene> | undefined;

  async function readRules() {
    const [revision, fetched] = await Promise.all([store.documents.revision(), store.traffic.addresses()]);
    const key = [
      revision,
      ...fetched.map(({ list, source, fetchedAt, problem }) => `${list} ${source} ${fetchedAt} ${problem}`),
    ].join('\n');
    if (rules?.key === key) return rules;
    const documents = (await store.documents.list()).map(({ body, appliedAt, appliedBy }) => ({
      document: body as PolicyDocument,
      appliedAt,
      appliedBy,
    }));
    // What is the same stays the same object, so that hosts need not be compiled again.
    rules = { key, documents, value: rulesOf(documents, fetched) };
    return rules;
  }

  async function read(): Promise<TrafficScene> {
    const [{ value }, reports] = await Promise.all([readRules(), store.traffic.networks()]);
    const compiled = reports.map(
      (report): readonly [string, { rules: TrafficRules; at: Instant; value: HostTraffic }] => {
        const known = hosts.get(report.host);
        if (known && known.rules === value && known.at === report.at) return [report.host, known];
        return [report.host, { rules: value, at: report.at, value: compileHost(value, report) }];
      },
    );
    hosts = new Map(compiled);
    return { ...value, hosts: compiled.map(([, host]) => host.value) };
  }

  async function current(): Promise<TrafficScene> {
    if (scene && elapsed() - scene.at < keptFor) return scene.value;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    const value = await reading;
    scene = { value, at: elapsed() };
    return value;
  }

  return Object.assign(current, {
    rules: async () => (await readRules()).value,
    async with(documents: readonly PolicyDocument[]) {
      const [{ documents: before }, reports, fetched] = await Promise.all([
        readRules(),
        store.traffic.networks(),
        store.traffic.addresses(),
      ]);
      const changed = new Map(documents.map((document) => [keyOf(document), document]));
      const rest = before.filter(({ document }) => !changed.has(keyOf(document)));
      const after = [...rest, ...[...changed.values()].map((document) => ({ document }))];
      return compileScene(rulesOf(after, fetched), reports);
    },
    forget() {
      rules = undefined;
      scene = undefined;
    },
  });
}

function keyOf({ kind, metadata }: PolicyDocument): string {
  return `${kind}/${metadata.name}`;
}
