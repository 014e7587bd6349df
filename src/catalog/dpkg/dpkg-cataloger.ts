import type {
  CatalogContext,
  Cataloger,
  CatalogResult,
  DistributionRelease,
  FileEntry,
  InstalledComponent,
} from '../../model/index.ts';
import { databaseLimits } from '../database-limits.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { dropCutLine, readText } from '../read-text.ts';
import { FileLists, statusDirectory } from './file-lists.ts';
import { parseCopyright } from './parse-copyright.ts';
import { type DpkgPackage, parseDpkgStatus } from './parse-dpkg-status.ts';
import { publisherOf } from './publisher.ts';

const status = '/var/lib/dpkg/status';

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
  const broughtFiles: (readonly string[])[] = [];
  const lists = new FileLists(context, problems);
  const readLicenses = licenseReader(context, problems);

  for (const entry of context.files) {
    if (!isDatabase(entry.path)) continue;
    const text = await readText(context, entry, databaseLimits.bytes, problems);
    if (text === undefined) continue;
    for (const item of readDatabase(text, entry, problems)) {
      context.signal.throwIfAborted();
      const paths = await lists.read(item);
      const publisher = publisherOf(item, paths ?? [], context.distribution?.id ?? 'debian');
      const component = {
        ...describe(item, publisher === 'other' ? undefined : context.distribution),
        licenses: await readLicenses(item.name),
        locations: [entry.path],
        layer: (lists.find(item) ?? entry).layer,
      };
      components.push(component);
      if (paths && publisher === 'distribution') ownedFiles.set(component.purl, paths);
      else if (paths) broughtFiles.push(paths);
      broughtFiles.push(lists.scripts(item));
    }
  }
  return { components, problems: problems.toArray(), ownedFiles, broughtFiles };
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

/** Without a distribution no feed covers it, and it is shown as not judged. */
function describe(item: DpkgPackage, distribution: DistributionRelease | undefined) {
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
