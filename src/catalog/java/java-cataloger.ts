import type { CatalogContext, Cataloger, CatalogResult, FileEntry, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readBytes, readText } from '../read-text.ts';
import { ArchiveWalk, archiveEnding } from './archive-walk.ts';
import type { JavaArtifact } from './identify-archive.ts';
import { parsePomProperties } from './parse-pom-properties.ts';

const archiveLimit = 256 * 1024 * 1024;
const pomLimit = 1024 * 1024;

/** Java archives, with those inside them and what was shaded into them; and archives that were unpacked. */
export const javaCataloger: Cataloger = {
  id: 'java',
  version: 1,
  wants: [...['jar', 'war', 'ear', 'par', 'kar', 'jpi', 'hpi'].map((ending) => `**/*.${ending}`), '**/pom.properties'],
  catalog,
};

/** Next to it, a directory that Maven builds in has one too, of what was not installed. */
const unpackedPom = /\/META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const walk = new ArchiveWalk(problems, context.signal);
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    if (archiveEnding.test(entry.path)) {
      const bytes = await readBytes(context, entry, archiveLimit, problems);
      if (!bytes) continue;
      for await (const artifact of walk.artifacts(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), entry))
        components.push(describe(artifact, entry));
    } else if (unpackedPom.test(entry.path)) {
      const text = await readText(context, entry, pomLimit, problems);
      if (text === undefined) continue;
      const artifact = parsePomProperties(text);
      if (artifact) components.push(describe(artifact, entry));
      else problems.add('catalog/java/bad-pom', entry, `${entry.path} names no artifact`);
    }
  }
  return { components, problems: problems.toArray() };
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
