import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { type ComposerPackage, parseInstalledJson } from './parse-installed-json.ts';

const installedLimit = 64 * 1024 * 1024;

/** Packages that Composer installed, by the list that it keeps beside its autoloader. */
export const phpCataloger: Cataloger = { id: 'php', version: 1, wants: ['**/composer/installed.json'], catalog };

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const broughtDirectories: string[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const text = await readText(context, entry, installedLimit, problems);
    if (text === undefined) continue;
    const installed = parseInstalledJson(text);
    const bad = 'reason' in installed ? [installed.reason] : installed.bad;
    for (const reason of bad) problems.add('catalog/php/bad-package', entry, `${entry.path}: ${reason}`);
    if ('reason' in installed) continue;
    const vendor = entry.path.slice(0, -'/composer/installed.json'.length);
    for (const item of installed.packages) {
      components.push({ ...describeComposerPackage(item), locations: [entry.path], layer: entry.layer });
      broughtDirectories.push(`${vendor}/${item.name}`);
    }
  }
  return { components, problems: problems.toArray(), broughtDirectories };
}

export function describeComposerPackage({ name, version, licenses }: ComposerPackage) {
  const [namespace, short] = name.split('/') as [string, string];
  const purl = formatPackageUrl({ type: 'composer', namespace, name: short, version });
  return { purl, ecosystem: 'composer' as const, name, version, licenses };
}
