import { messageOf } from '../base/index.ts';
import type {
  BillOfMaterials,
  Cataloger,
  CatalogResult,
  FileEntry,
  ImageContents,
  InstalledComponent,
  Subject,
  Unexplained,
} from '../model/index.ts';
import { FileAccount } from './account-for-files.ts';
import { catalogers as allCatalogers } from './catalogers.ts';
import { findFileOwners, markOwned } from './file-ownership.ts';
import { findReplacedRecords } from './find-replaced-records.ts';
import { mergeComponents } from './merge-components.ts';
import { readDistribution } from './os-release/read-distribution.ts';
import { ProblemList } from './problem-list.ts';
import { compileWantedIndex } from './wanted-index.ts';

/** A bill of materials, and what in the same files it does not account for. */
export interface CompiledBill extends BillOfMaterials {
  readonly unexplained: Unexplained;
  /** Paths that packages of the distribution list as their own, by purl. */
  readonly ownedFiles: ReadonlyMap<string, readonly string[]>;
}

export interface CompileOptions {
  readonly catalogers?: readonly Cataloger[];
  /** What the subject is made from where its files do not say: of a layer, whose os-release lies below it. */
  readonly distribution?: BillOfMaterials['distribution'];
}

/**
 * What is in a subject. Never throws for what the subject is: what could not be read is among the problems, with those
 * of the contents. Throws only where `signal` was aborted.
 */
export async function compileBillOfMaterials(
  contents: ImageContents,
  subject: Subject,
  signal: AbortSignal,
  { catalogers = allCatalogers, distribution: below }: CompileOptions = {},
): Promise<CompiledBill> {
  const problems = new ProblemList(contents.layers);
  const distribution = (await readDistribution({ contents }, problems)) ?? below;
  const account = new FileAccount();
  const files = collectWanted(contents, catalogers, account);
  const results: CatalogResult[] = [];
  for (const cataloger of catalogers) {
    signal.throwIfAborted();
    const context = { contents, files: files.get(cataloger) ?? [], ...(distribution ? { distribution } : {}), signal };
    results.push(await runCataloger(cataloger, context));
  }
  const components = joinComponents(results, contents);
  const records = findReplacedRecords(contents, { components, ...(distribution ? { distribution } : {}) });
  return {
    subject,
    platform: contents.platform,
    ...(distribution ? { distribution } : {}),
    components,
    catalogers: catalogers.map((cataloger) => `${cataloger.id}@${cataloger.version}`),
    problems: [...contents.problems, ...problems.toArray(), ...results.flatMap((result) => result.problems)],
    unexplained: { ...account.settle(results, components, contents), records },
    ownedFiles: new Map(results.flatMap(({ ownedFiles }) => [...(ownedFiles ?? [])])),
  };
}

async function runCataloger(
  cataloger: Cataloger,
  context: Parameters<Cataloger['catalog']>[0],
): Promise<CatalogResult> {
  try {
    return await cataloger.catalog(context);
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `The ${cataloger.id} cataloger failed, so its components are missing: ${messageOf(error)}`;
    return { components: [], problems: [{ code: 'catalog/failed', message }] };
  }
}

/** The one walk over all files, for patterns and marks, and to account for them; a file that is wanted by its exact path is found through links too. */
function collectWanted(
  contents: ImageContents,
  catalogers: readonly Cataloger[],
  account: FileAccount,
): ReadonlyMap<Cataloger, readonly FileEntry[]> {
  const files = new Map(catalogers.map((cataloger) => [cataloger, findExact(contents, cataloger)]));
  const ownersOf = compileWantedIndex(
    catalogers.flatMap((owner) => owner.wants.filter(isPattern).map((pattern) => ({ pattern, owner }))),
  );
  const markOwners = new Map(catalogers.flatMap((owner) => (owner.marks ?? []).map(({ id }) => [id, owner] as const)));
  const holdersOf = (path: string): readonly Cataloger[] =>
    markOwners.size === 0 ? [] : contents.marks(path).flatMap(({ mark }) => markOwners.get(mark) ?? []);

  for (const entry of contents.files()) {
    if (entry.type !== 'file') continue;
    account.add(entry);
    const owners = ownersOf(entry.path);
    const holders = holdersOf(entry.path);
    for (const owner of holders.length > 0 ? new Set([...owners, ...holders]) : owners) files.get(owner)?.push(entry);
  }
  for (const found of files.values()) found.sort((a, b) => (a.path < b.path ? -1 : 1));
  return files;
}

/** A database may be moved and linked to; it is then known by the path that was asked for. Each file once. */
function findExact(contents: ImageContents, { wants }: Cataloger): FileEntry[] {
  const found = new Map<string, FileEntry>();
  for (const path of wants.filter((pattern) => !isPattern(pattern))) {
    const file = contents.resolve(path);
    if (file?.type === 'file' && (file.path === path || !found.has(file.path))) found.set(file.path, { ...file, path });
  }
  return [...found.values()];
}

function isPattern(wanted: string): boolean {
  return wanted.includes('*');
}

/** Components of distributions own files; those of languages may lie in files that are owned. */
function joinComponents(results: readonly CatalogResult[], contents: ImageContents): readonly InstalledComponent[] {
  const merged = mergeComponents(results.flatMap((result) => result.components));
  const others = merged.filter((component) => component.source === undefined);
  const owned = results.flatMap((result) => [...(result.ownedFiles ?? [])]);
  const owners = findFileOwners(others, owned, contents);
  if (owners.size === 0) return merged;
  return merged.map((component) => (component.source === undefined ? markOwned(component, owners) : component));
}
