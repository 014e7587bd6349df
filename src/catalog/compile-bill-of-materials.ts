import { messageOf } from '../base/index.ts';
import type {
  BillOfMaterials,
  Cataloger,
  CatalogResult,
  FileEntry,
  ImageContents,
  InstalledComponent,
  Subject,
} from '../model/index.ts';
import { catalogers as allCatalogers } from './catalogers.ts';
import { findFileOwners, markOwned } from './file-ownership.ts';
import { mergeComponents } from './merge-components.ts';
import { readDistribution } from './os-release/read-distribution.ts';
import { ProblemList } from './problem-list.ts';
import { compileWantedIndex } from './wanted-index.ts';

/**
 * What is in a subject. Never throws for what the subject is: what could not be read is among the problems, with those
 * of the contents. Throws only where `signal` was aborted.
 */
export async function compileBillOfMaterials(
  contents: ImageContents,
  subject: Subject,
  signal: AbortSignal,
  catalogers: readonly Cataloger[] = allCatalogers,
): Promise<BillOfMaterials> {
  const problems = new ProblemList(contents.layers);
  const distribution = await readDistribution({ contents }, problems);
  const files = collectWanted(contents, catalogers);
  const results: CatalogResult[] = [];
  for (const cataloger of catalogers) {
    signal.throwIfAborted();
    const context = { contents, files: files.get(cataloger) ?? [], ...(distribution ? { distribution } : {}), signal };
    results.push(await runCataloger(cataloger, context));
  }
  return {
    subject,
    platform: contents.platform,
    ...(distribution ? { distribution } : {}),
    components: joinComponents(results, contents),
    catalogers: catalogers.map((cataloger) => `${cataloger.id}@${cataloger.version}`),
    problems: [...contents.problems, ...problems.toArray(), ...results.flatMap((result) => result.problems)],
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

/** The one walk over all files. A symlink counts for what it points to only where a cataloger named its exact path. */
function collectWanted(
  contents: ImageContents,
  catalogers: readonly Cataloger[],
): ReadonlyMap<Cataloger, readonly FileEntry[]> {
  const files = new Map<Cataloger, FileEntry[]>(catalogers.map((cataloger) => [cataloger, []]));
  const ownersOf = compileWantedIndex(
    catalogers.flatMap((owner) => owner.wants.map((pattern) => ({ pattern, owner }))),
  );
  const markOwners = new Map(catalogers.flatMap((owner) => (owner.marks ?? []).map(({ id }) => [id, owner] as const)));
  for (const entry of contents.files()) {
    if (entry.type !== 'file' && entry.type !== 'symlink') continue;
    for (const owner of ownersOf(entry.path)) {
      const file = entry.type === 'file' ? entry : linkedFile(contents, entry, owner);
      if (file) files.get(owner)?.push(file);
    }
    if (entry.type === 'file' && markOwners.size > 0) {
      for (const id of new Set(contents.marks(entry.path).map((found) => found.mark))) {
        const owner = markOwners.get(id);
        if (owner) files.get(owner)?.push(entry);
      }
    }
  }
  return files;
}

function linkedFile(contents: ImageContents, link: FileEntry, owner: Cataloger): FileEntry | undefined {
  if (!owner.wants.includes(link.path)) return undefined;
  const target = contents.resolve(link.path);
  return target?.type === 'file' && !owner.wants.includes(target.path) ? target : undefined;
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
