import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { type NugetPackage, parseDepsJson } from './parse-deps-json.ts';

const depsLimit = 64 * 1024 * 1024;

/** NuGet packages of .NET applications, and the shared frameworks that run them. */
export const dotnetCataloger: Cataloger = { id: 'dotnet', version: 1, wants: ['**/*.deps.json'], catalog };

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const broughtFiles: (readonly string[])[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const text = await readText(context, entry, depsLimit, problems);
    if (text === undefined) continue;
    const manifest = parseDepsJson(text);
    const bad = 'reason' in manifest ? [manifest.reason] : manifest.bad;
    for (const reason of bad) problems.add('catalog/dotnet/bad-manifest', entry, `${entry.path}: ${reason}`);
    if ('reason' in manifest) continue;
    const directory = entry.path.slice(0, entry.path.lastIndexOf('/') + 1);
    for (const item of manifest.packages) {
      components.push({ ...describeNugetPackage(item), locations: [entry.path], layer: entry.layer });
      broughtFiles.push(item.files.map((file) => directory + file));
    }
  }
  return { components, problems: problems.toArray(), broughtFiles };
}

export function describeNugetPackage({ name, version }: Pick<NugetPackage, 'name' | 'version'>) {
  const purl = formatPackageUrl({ type: 'nuget', name, version });
  return { purl, ecosystem: 'nuget' as const, name, version, licenses: [] };
}
