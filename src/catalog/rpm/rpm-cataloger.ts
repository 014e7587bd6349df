import type {
  CatalogContext,
  Cataloger,
  CatalogResult,
  DistributionRelease,
  FileEntry,
  InstalledComponent,
} from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readBytes } from '../read-text.ts';
import { readBerkeleyHeaders } from './berkeley-database.ts';
import type { HeaderBlobs } from './header-blobs.ts';
import { readNdbHeaders } from './ndb-database.ts';
import { FileAllowance, parseRpmHeader, type RpmPackage } from './parse-rpm-header.ts';
import { readSqliteHeaders } from './sqlite-database.ts';
import { isOwnPackage } from './vendor.ts';

/** Where distributions keep it; the last is that of images that are updated whole (ostree). */
const directories = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];

/** In the order in which rpm prefers them. */
const forms: readonly { readonly name: string; read(database: Uint8Array, log?: Uint8Array): HeaderBlobs }[] = [
  { name: 'rpmdb.sqlite', read: readSqliteHeaders },
  { name: 'Packages.db', read: readNdbHeaders },
  { name: 'Packages', read: readBerkeleyHeaders },
];
const logSuffix = '-wal';

/** A workstation with all that there is has 300 MB of them in the oldest form. */
const databaseLimit = 384 * 1024 * 1024;

/** Packages of Fedora, Red Hat, SUSE, Amazon and what is derived from them, with the files that they own. */
export const rpmCataloger: Cataloger = {
  id: 'rpm',
  version: 1,
  wants: directories.flatMap((directory) => [
    ...forms.map(({ name }) => `${directory}/${name}`),
    `${directory}/rpmdb.sqlite${logSuffix}`,
  ]),
  catalog,
};

/** Whether the path is of a database, and not of what SQLite keeps beside it. */
export function isRpmDatabase(path: string): boolean {
  return forms.some(({ name }) => path.endsWith(`/${name}`));
}

/** How many packages the database of that path has; undefined where it cannot be read. */
export function countRpmHeaders(bytes: Uint8Array, path: string): number | undefined {
  const headers = forms.find(({ name }) => path.endsWith(`/${name}`))?.read(bytes);
  return headers && (headers.blobs.length > 0 || headers.problems.length === 0) ? headers.blobs.length : undefined;
}

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const ownedFiles = new Map<string, readonly string[]>();
  const broughtFiles: (readonly string[])[] = [];
  for (const directory of directories) {
    const found = forms.flatMap((form) => {
      const entry = fileAt(context, `${directory}/${form.name}`);
      return entry && (entry.size > 0 || logOf(context, entry)) ? [{ form, entry }] : [];
    });
    const [database, ...others] = found;
    for (const { entry } of others)
      problems.add(
        'catalog/rpm/second-database',
        entry,
        `${entry.path} lies beside ${database?.entry.path} and was not read`,
      );
    if (!database) continue;
    const { entry } = database;
    const packages = await readPackages(context, entry, database.form.read, problems);
    const epochs = sourceEpochs(packages);
    for (const item of packages) {
      context.signal.throwIfAborted();
      const own = isOwnPackage(item.vendor, context.distribution?.id);
      const component = {
        ...describe(item, own ? context.distribution : undefined, epochs),
        locations: [entry.path],
        layer: layerOf(item, context) ?? entry.layer,
      };
      components.push(component);
      if (own) ownedFiles.set(component.purl, item.files);
      else broughtFiles.push(item.files);
    }
  }
  return { components, problems: problems.toArray(), ownedFiles, broughtFiles };
}

function fileAt({ files }: CatalogContext, wanted: string): FileEntry | undefined {
  return files.find(({ path }) => path === wanted);
}

/** What SQLite has not yet moved into the database; usually nothing. */
function logOf(context: CatalogContext, { path }: FileEntry): FileEntry | undefined {
  const entry = fileAt(context, `${path}${logSuffix}`);
  return entry && entry.size > 0 ? entry : undefined;
}

async function readPackages(
  context: CatalogContext,
  entry: FileEntry,
  read: (database: Uint8Array, log?: Uint8Array) => HeaderBlobs,
  problems: ProblemList,
): Promise<readonly RpmPackage[]> {
  const bytes = await readBytes(context, entry, databaseLimit, problems);
  if (!bytes) return [];
  const log = logOf(context, entry);
  const headers = read(bytes, log && (await readBytes(context, log, databaseLimit, problems)));
  for (const problem of headers.problems) problems.add('catalog/rpm/bad-database', entry, `${entry.path} ${problem}`);
  const packages: RpmPackage[] = [];
  const allowance = new FileAllowance();
  for (const [index, blob] of headers.blobs.entries()) {
    context.signal.throwIfAborted();
    const header = parseRpmHeader(blob, allowance);
    if ('reason' in header)
      problems.add('catalog/rpm/bad-header', entry, `Header ${index + 1} of ${entry.path} ${header.reason}`);
    // Keys that rpm trusts are kept as packages that own nothing.
    else if (header.package.name !== 'gpg-pubkey') packages.push(header.package);
  }
  if (allowance.exceeded)
    problems.add('catalog/rpm/too-many-files', entry, `${entry.path} lists more files than a system can have`);
  return packages;
}

/** Headers name their source package without its epoch; a package of the same version has it. */
function sourceEpochs(packages: readonly RpmPackage[]): ReadonlyMap<string, number> {
  const epochs = new Map<string, number>();
  for (const { source, version, release, epoch } of packages)
    if (source?.version === version && source.release === release) epochs.set(sourceKey(source), epoch);
  return epochs;
}

function sourceKey(source: NonNullable<RpmPackage['source']>): string {
  return `${source.name}-${source.version}-${source.release}`;
}

/** The database is in the last layer that installed anything; the files of a package came with the package. */
function layerOf(item: RpmPackage, { contents }: CatalogContext): number | undefined {
  let lowest: number | undefined;
  for (const path of item.files.slice(0, 16)) {
    const entry = contents.entry(path);
    if (entry?.type === 'file' && (lowest === undefined || entry.layer < lowest)) lowest = entry.layer;
  }
  return lowest;
}

function describe(
  item: RpmPackage,
  distribution: DistributionRelease | undefined,
  epochs: ReadonlyMap<string, number>,
) {
  const { name, version, release, epoch, source, license } = item;
  const purl = formatPackageUrl({
    type: 'rpm',
    ...(distribution ? { namespace: namespaceOf(distribution.id) } : {}),
    name,
    version: `${version}-${release}`,
    qualifiers: {
      arch: item.architecture,
      distro: distribution && `${distribution.id}-${distribution.release}`,
      epoch: epoch > 0 ? String(epoch) : undefined,
      rpmmod: item.module,
      upstream: source && `${sourceKey(source)}.src.rpm`,
    },
  });
  return {
    purl,
    ecosystem: 'rpm' as const,
    name,
    version: fullVersion({ version, release }, epoch),
    ...(distribution ? { distribution: { id: distribution.id, release: distribution.release } } : {}),
    source: source
      ? { name: source.name, version: fullVersion(source, epochs.get(sourceKey(source)) ?? epoch) }
      : { name, version: fullVersion({ version, release }, epoch) },
    licenses: license ? [license] : [],
  };
}

/** As rpm compares it: without an epoch of 0. */
function fullVersion(of: { readonly version: string; readonly release: string }, epoch: number): string {
  return `${epoch > 0 ? `${epoch}:` : ''}${of.version}-${of.release}`;
}

/** The namespace is the vendor, in lower case (package URL specification, type rpm). */
function namespaceOf(distributionId: string): string {
  return distributionId === 'rhel' ? 'redhat' : distributionId.replace(/^opensuse-.*/, 'opensuse');
}
