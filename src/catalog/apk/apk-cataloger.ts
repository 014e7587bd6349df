import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { databaseLimits } from '../database-limits.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { dropCutLine, readText } from '../read-text.ts';
import { type ApkPackage, parseApkDatabase } from './parse-apk-database.ts';

/** Packages of Alpine, Wolfi and what is derived from them, with the files that they own. */
export const apkCataloger: Cataloger = {
  id: 'apk',
  version: 1,
  wants: ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'],
  catalog,
};

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const ownedFiles = new Map<string, readonly string[]>();
  for (const entry of context.files) {
    const text = await readText(context, entry, databaseLimits.bytes, problems);
    if (text === undefined) continue;
    const whole = dropCutLine(text);
    const database = parseApkDatabase(whole.text);
    for (const { line, reason } of database.problems)
      problems.add('catalog/apk/bad-stanza', entry, `Line ${line} of ${entry.path} ${reason}`);
    if (whole.cut) problems.add('catalog/apk/truncated', entry, `${entry.path} ends in the middle of a line`);
    for (const item of database.packages) {
      const component = {
        ...describe(item, context),
        locations: [entry.path],
        layer: layerOf(item, context) ?? entry.layer,
      };
      components.push(component);
      ownedFiles.set(component.purl, item.files);
    }
  }
  // The scripts of all packages, which apk keeps beside its database.
  const directories = context.files.map(({ path }) => path.slice(0, path.lastIndexOf('/')));
  const broughtFiles = directories.map((at) => [`${at}/scripts.tar`, `${at}/scripts.tar.gz`]);
  return { components, problems: problems.toArray(), ownedFiles, broughtFiles };
}

/** The database itself is in the last layer that installed anything; the files of a package came with the package. */
function layerOf(item: ApkPackage, { contents }: CatalogContext): number | undefined {
  let lowest: number | undefined;
  for (const path of item.files.slice(0, 8)) {
    const layer = contents.entry(path)?.layer;
    if (layer !== undefined && (lowest === undefined || layer < lowest)) lowest = layer;
  }
  return lowest;
}

function describe(item: ApkPackage, { distribution }: CatalogContext) {
  const purl = formatPackageUrl({
    type: 'apk',
    ...(distribution ? { namespace: distribution.id } : {}),
    name: item.name.toLowerCase(),
    version: item.version,
    qualifiers: {
      arch: item.architecture,
      distro: distribution && `${distribution.id}-${distribution.release.replace(/^v(?=\d)/, '')}`,
    },
  });
  return {
    purl,
    ecosystem: 'apk' as const,
    name: item.name,
    version: item.version,
    ...(distribution ? { distribution: { id: distribution.id, release: distribution.release } } : {}),
    source: { name: item.origin, version: item.version },
    licenses: item.license ? [item.license] : [],
  };
}
