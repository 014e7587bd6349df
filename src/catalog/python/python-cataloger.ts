import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { databaseLimits } from '../database-limits.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { type PythonPackage, parsePythonMetadata } from './parse-python-metadata.ts';
import { parseRecord } from './parse-record.ts';

const metadataLimit = 16 * 1024 * 1024;

/** Packages that pip and its kin installed, by the metadata beside them; also eggs, and those of distributions. */
export const pythonCataloger: Cataloger = {
  id: 'python',
  version: 2,
  wants: [
    '**/*.dist-info/METADATA',
    '**/*.dist-info/RECORD',
    '**/*.egg-info/PKG-INFO',
    '**/EGG-INFO/PKG-INFO',
    '**/*.egg-info',
  ],
  catalog,
};

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const broughtFiles: (readonly string[])[] = [];
  const named = new Set<string>();
  let fileCount = 0;
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const text = await readText(context, entry, metadataLimit, problems);
    if (text === undefined) continue;
    const directory = entry.path.slice(0, entry.path.lastIndexOf('/'));
    if (entry.path.endsWith('/RECORD')) {
      // After the metadata, by the order of names; what says of itself that it is no package has brought nothing.
      if (!named.has(directory)) continue;
      if (fileCount > databaseLimits.ownedFiles) {
        const message = `${entry.path} comes after ${databaseLimits.ownedFiles} files of packages and was not read`;
        problems.add('catalog/python/too-many-files', entry, message);
        continue;
      }
      const files = parseRecord(text, directory);
      fileCount += files.length;
      broughtFiles.push(files);
      continue;
    }
    const metadata = parsePythonMetadata(text);
    if ('package' in metadata) {
      components.push({ ...describe(metadata.package), locations: [entry.path], layer: entry.layer });
      named.add(directory);
    } else problems.add('catalog/python/bad-metadata', entry, `${entry.path} ${metadata.reason}`);
  }
  return { components, problems: problems.toArray(), broughtFiles };
}

function describe({ name, version, licenses }: PythonPackage) {
  const purl = formatPackageUrl({ type: 'pypi', name, version });
  return { purl, ecosystem: 'pypi' as const, name, version, licenses };
}
