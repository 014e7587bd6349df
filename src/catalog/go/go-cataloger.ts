import type {
  ByteMark,
  CatalogContext,
  Cataloger,
  CatalogResult,
  FileEntry,
  InstalledComponent,
} from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readBytes } from '../read-text.ts';
import { buildInfoMagic, type GoBuildInfo, parseBuildInfo, parsePointedBuildInfo } from './build-info.ts';
import { standardLibraryVersion } from './module-lines.ts';

/** Enough for a thousand modules; a binary with more is read again. */
const mark: ByteMark = { id: 'go-build-info', bytes: buildInfoMagic, keep: 128 * 1024 };

const binaryLimit = 512 * 1024 * 1024;

/**
 * Modules and the standard library of Go programs, from what the linker leaves in ELF binaries. Component.version and
 * the package URL keep the leading `v` of module versions, as Go and its package URLs write them; the order of versions
 * ignores it. `stdlib` has none, as in the Go vulnerability database.
 */
export const goCataloger: Cataloger = { id: 'go', version: 1, wants: [], marks: [mark], catalog };

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const info = await readBuildInfo(context, entry, problems);
    if (!info) continue;
    for (const line of info.badLines)
      problems.add('catalog/go/bad-module', entry, `${entry.path} has a module that cannot be read: ${quote(line)}`);
    const found = [
      { path: 'stdlib', version: standardLibraryVersion(info.goVersion) },
      // A program without a module of its own is called so.
      ...info.modules.filter(({ path }) => path !== 'command-line-arguments'),
    ];
    for (const { path, version } of found)
      components.push({ ...describe(path, version), locations: [entry.path], layer: entry.layer });
  }
  return { components, problems: problems.toArray() };
}

/** The magic may also stand in programs that look for it themselves: the first that makes sense counts. */
async function readBuildInfo(
  context: CatalogContext,
  entry: FileEntry,
  problems: ProblemList,
): Promise<GoBuildInfo | undefined> {
  const again: number[] = [];
  for (const { mark: id, offset, bytes } of context.contents.marks(entry.path)) {
    if (id !== mark.id) continue;
    const result = parseBuildInfo(bytes, offset);
    if (result.state === 'found') return result.info;
    if (result.state !== 'not-go') again.push(offset);
  }
  if (again.length === 0) return undefined;
  const file = await readBytes(context, entry, binaryLimit, problems);
  if (!file) return undefined;
  for (const offset of again) {
    const inline = parseBuildInfo(file.subarray(offset), offset);
    const result = inline.state === 'pointers' ? parsePointedBuildInfo(file, offset) : inline;
    if (result.state === 'found') return result.info;
  }
  problems.add('catalog/go/bad-build-info', entry, `${entry.path} has build information of Go that cannot be read`);
  return undefined;
}

function quote(line: string): string {
  return JSON.stringify(line.slice(0, 200));
}

function describe(path: string, version: string) {
  // The type's canonical form is in lower case, though module paths are told apart by case.
  const lower = path.toLowerCase();
  const slash = lower.lastIndexOf('/');
  const purl = formatPackageUrl({
    type: 'golang',
    ...(slash < 0 ? {} : { namespace: lower.slice(0, slash) }),
    name: lower.slice(slash + 1),
    version,
  });
  return { purl, ecosystem: 'golang' as const, name: path, version, licenses: [] };
}
