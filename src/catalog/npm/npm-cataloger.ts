import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { type NpmPackage, parsePackageJson } from './parse-package-json.ts';

const manifestLimit = 4 * 1024 * 1024;

/** Packages that npm, yarn or pnpm installed: `node_modules/NAME/package.json`, in applications and globally. */
export const npmCataloger: Cataloger = { id: 'npm', version: 1, wants: ['**/package.json'], catalog };

/** Manifests deeper in a package say how its folders are to be loaded, or are data of its tests. */
const installed = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/;

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    if (!installed.test(entry.path)) continue;
    context.signal.throwIfAborted();
    const text = await readText(context, entry, manifestLimit, problems);
    if (text === undefined) continue;
    const manifest = parsePackageJson(text);
    if ('package' in manifest)
      components.push({ ...describe(manifest.package), locations: [entry.path], layer: entry.layer });
    else problems.add('catalog/npm/bad-manifest', entry, `${entry.path} ${manifest.reason}`);
  }
  const broughtDirectories = components.flatMap(({ locations }) => locations.map(directoryOf));
  return { components, problems: problems.toArray(), broughtDirectories };
}

function directoryOf(manifest: string): string {
  return manifest.slice(0, -'/package.json'.length);
}

function describe({ name, version, licenses }: NpmPackage) {
  // The type's canonical form is in lower case, though old names are told apart by case.
  const parts = name.toLowerCase().split('/');
  const purl = formatPackageUrl({
    type: 'npm',
    ...(parts.length > 1 ? { namespace: parts[0] as string } : {}),
    name: parts.at(-1) as string,
    version,
  });
  return { purl, ecosystem: 'npm' as const, name, version, licenses };
}
