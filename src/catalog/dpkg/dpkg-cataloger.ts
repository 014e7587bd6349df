import type { CatalogContext, Cataloger, CatalogResult, FileEntry, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { dropCutLine, readText } from '../read-text.ts';
import { isForeignPackage } from './foreign-package.ts';
import { parseCopyright } from './parse-copyright.ts';
import { type DpkgPackage, parseDpkgStatus } from './parse-dpkg-status.ts';

const status = '/var/lib/dpkg/status';
const statusDirectory = '/var/lib/dpkg/status.d/';
const infoDirectory = '/var/lib/dpkg/info/';

const databaseLimit = 128 * 1024 * 1024;
const listLimit = 64 * 1024 * 1024;
const copyrightLimit = 4 * 1024 * 1024;

/** Packages of Debian and what is derived from it, with the files that they own. */
export const dpkgCataloger: Cataloger = {
  id: 'dpkg',
  version: 1,
  wants: [status, `${statusDirectory}*`, '**/*.list', '**/copyright'],
  catalog,
};

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const ownedFiles = new Map<string, readonly string[]>();
  const owners = findOwnershipFiles(context.files);
  const readLicenses = licenseReader(context, problems);

  for (const entry of context.files) {
    if (!isDatabase(entry.path)) continue;
    const text = await readText(context, entry, databaseLimit, problems);
    if (text === undefined) continue;
    for (const item of readDatabase(text, entry, problems)) {
      context.signal.throwIfAborted();
      const owned = owners.get(`${item.name}:${item.architecture}`) ?? owners.get(item.name);
      const component = {
        ...describe(item, context),
        licenses: await readLicenses(item.name),
        locations: [entry.path],
        layer: (owned ?? entry).layer,
      };
      components.push(component);
      const list = owned && (await readText(context, owned, listLimit, problems));
      if (!owned || list === undefined) continue;
      const paths = parseOwnedFiles(list, owned.path);
      if (!isForeignPackage(item, paths, context.distribution?.id ?? 'debian')) ownedFiles.set(component.purl, paths);
    }
  }
  return { components, problems: problems.toArray(), ownedFiles };
}

function isDatabase(path: string): boolean {
  return path === status || (path.startsWith(statusDirectory) && !path.endsWith('.md5sums'));
}

function readDatabase(text: string, entry: FileEntry, problems: ProblemList): readonly DpkgPackage[] {
  // Control files of distroless images may lack the last line's end; dpkg itself always writes it.
  const whole = entry.path === status ? dropCutLine(text) : { text, cut: false };
  const parsed = parseDpkgStatus(whole.text);
  for (const { line, reason } of parsed.problems)
    problems.add('catalog/dpkg/bad-stanza', entry, `Line ${line} of ${entry.path} ${reason}`);
  if (whole.cut) problems.add('catalog/dpkg/truncated', entry, `${entry.path} ends in the middle of a line`);
  return parsed.packages;
}

/** By `name` or, for packages that can be there for several architectures, `name:architecture`. */
function findOwnershipFiles(files: readonly FileEntry[]): ReadonlyMap<string, FileEntry> {
  const owners = new Map<string, FileEntry>();
  for (const entry of files) {
    const { path } = entry;
    if (path.startsWith(infoDirectory)) owners.set(path.slice(infoDirectory.length, -'.list'.length), entry);
    else if (path.startsWith(statusDirectory) && path.endsWith('.md5sums'))
      owners.set(path.slice(statusDirectory.length, -'.md5sums'.length), entry);
  }
  return owners;
}

/** Lines of `info/NAME.list` are paths; of a md5sums file a digest, two spaces and a path without its first slash. */
function parseOwnedFiles(text: string, path: string): readonly string[] {
  const lines = text.split('\n');
  if (path.endsWith('.list')) return lines.filter((line) => line.length > 1);
  return lines.filter((line) => line.length > 34).map((line) => `/${line.slice(34).replace(/^\.?\//, '')}`);
}

/** The doc directory of a package is often a link to that of another one; each copyright file is read once. */
function licenseReader(context: CatalogContext, problems: ProblemList): (name: string) => Promise<readonly string[]> {
  const known = new Map<string, readonly string[]>();
  return async (name) => {
    const entry = context.contents.resolve(`/usr/share/doc/${name}/copyright`);
    if (entry?.type !== 'file') return [];
    let licenses = known.get(entry.path);
    if (!licenses) {
      licenses = parseCopyright((await readText(context, entry, copyrightLimit, problems)) ?? '');
      known.set(entry.path, licenses);
    }
    return licenses;
  };
}

function describe(item: DpkgPackage, { distribution }: CatalogContext) {
  const purl = formatPackageUrl({
    type: 'deb',
    ...(distribution ? { namespace: distribution.id } : {}),
    name: item.name.toLowerCase(),
    version: item.version,
    qualifiers: {
      arch: item.architecture,
      distro: distribution && `${distribution.id}-${distribution.release}`,
    },
  });
  return {
    purl,
    ecosystem: 'deb' as const,
    name: item.name,
    version: item.version,
    ...(distribution ? { distribution: { id: distribution.id, release: distribution.release } } : {}),
    source: item.source,
  };
}
