import { extname } from 'node:path';
import type {
  CatalogContext,
  Cataloger,
  CatalogResult,
  FileEntry,
  FileNote,
  ImageContents,
  InstalledComponent,
} from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import type { JavaArtifact } from './identify-archive.ts';
import type { ArchiveNote } from './java-examiner.ts';
import { parsePomProperties } from './parse-pom-properties.ts';

const pomLimit = 1024 * 1024;

const examinerFile = `./java-examiner${extname(import.meta.url)}`;

/** Java archives, with those inside them and what was shaded into them; and archives that were unpacked. */
export const javaCataloger: Cataloger = {
  id: 'java',
  version: 2,
  wants: ['**/pom.properties'],
  examiner: { id: 'java', version: 1, module: new URL(examinerFile, import.meta.url).href, options: {} },
  catalog,
};

/** Next to it, a directory that Maven builds in has one too, of what was not installed. */
const unpackedPom = /\/META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const { entry, artifacts, problems: told } of archivesOf(context.contents)) {
    components.push(...artifacts.map((artifact) => describe(artifact, entry)));
    for (const { code, message } of told) problems.add(code, entry, message);
  }
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    if (!unpackedPom.test(entry.path)) continue;
    const text = await readText(context, entry, pomLimit, problems);
    if (text === undefined) continue;
    const artifact = parsePomProperties(text);
    if (artifact) components.push(describe(artifact, entry));
    else problems.add('catalog/java/bad-pom', entry, `${entry.path} names no artifact`);
  }
  return { components, problems: problems.toArray() };
}

/** What the examiner found, in the order of paths; archives that upper layers took away are in no bill. */
function archivesOf(contents: ImageContents) {
  const found: (ArchiveNote & { readonly entry: FileEntry })[] = [];
  for (const { path, isHidden, note } of contents.notes()) {
    const entry = note.kind === 'java-archive' && !isHidden ? contents.entry(path) : undefined;
    if (entry) found.push({ ...(note as FileNote & ArchiveNote), entry });
  }
  return found.sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
}

/** An artifact without its group is nobody's that advisories know: it is shown as not judged, and not as clean. */
function describe({ group, artifact, version, evidence, license }: JavaArtifact, entry: FileEntry): InstalledComponent {
  return {
    purl: formatPackageUrl({
      type: group === undefined ? 'generic' : 'maven',
      ...(group === undefined ? {} : { namespace: group }),
      name: artifact,
      version,
    }),
    ecosystem: group === undefined ? 'generic' : 'maven',
    name: group === undefined ? artifact : `${group}:${artifact}`,
    version,
    licenses: license === undefined ? [] : [license],
    locations: [entry.path],
    layer: entry.layer,
    ...(evidence ? { evidence } : {}),
  };
}
