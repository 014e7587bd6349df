import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { type PythonPackage, parsePythonMetadata } from './parse-python-metadata.ts';

const metadataLimit = 16 * 1024 * 1024;

/** Packages that pip and its kin installed, by the metadata beside them; also eggs, and those of distributions. */
export const pythonCataloger: Cataloger = {
  id: 'python',
  version: 1,
  wants: ['**/*.dist-info/METADATA', '**/*.egg-info/PKG-INFO', '**/EGG-INFO/PKG-INFO', '**/*.egg-info'],
  catalog,
};

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const text = await readText(context, entry, metadataLimit, problems);
    if (text === undefined) continue;
    const metadata = parsePythonMetadata(text);
    if ('package' in metadata)
      components.push({ ...describe(metadata.package), locations: [entry.path], layer: entry.layer });
    else problems.add('catalog/python/bad-metadata', entry, `${entry.path} ${metadata.reason}`);
  }
  return { components, problems: problems.toArray() };
}

function describe({ name, version, licenses }: PythonPackage) {
  const purl = formatPackageUrl({ type: 'pypi', name, version });
  return { purl, ecosystem: 'pypi' as const, name, version, licenses };
}
