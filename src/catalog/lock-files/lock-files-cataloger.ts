import type {
  CatalogContext,
  Cataloger,
  CatalogResult,
  ComponentEvidence,
  ImageContents,
  InstalledComponent,
} from '../../model/index.ts';
import { describeLanguagePackage } from '../language-package.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { badEntry, type LockedPackage, type LockFormat } from './lock-format.ts';
import { lockFormats } from './lock-formats.ts';

const lockLimit = 32 * 1024 * 1024;
const mostPackages = 50_000;

/**
 * Packages that a lock file of an application asks for. Whether they are there is not known: an image may have been built
 * without them, or have them bundled where nothing else tells. What is installed too counts as installed alone.
 */
export const lockFilesCataloger: Cataloger = {
  id: 'lock-files',
  version: 1,
  wants: lockFormats.map(({ name }) => `**/${name}`),
  catalog,
};

const formats = new Map(lockFormats.map((format) => [format.name, format] as const));

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    const fileName = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    const format = formats.get(fileName);
    if (!format || isOfPackage(entry.path, context.contents)) continue;
    context.signal.throwIfAborted();
    const text = await readText(context, entry, lockLimit, problems);
    if (text === undefined) continue;
    const lock = format.parse(text.replace(/^\uFEFF/, ''));
    const tell = (reason: string) => problems.add('catalog/lock-files/bad-lock', entry, `${entry.path}: ${reason}`);
    for (const reason of 'reason' in lock ? [lock.reason] : lock.bad) tell(reason);
    if ('reason' in lock) continue;
    for (const item of lock.packages.slice(0, mostPackages)) {
      const described = describe(format, item);
      const evidence = evidenceOf(fileName, item);
      if (!described) tell(badEntry(`${item.name} ${item.version}`));
      else components.push({ ...described, locations: [entry.path], layer: entry.layer, evidence });
    }
    if (lock.packages.length > mostPackages) tell(`there are more than ${mostPackages} packages`);
  }
  return { components, problems: problems.toArray() };
}

/** Where package managers put what they install and fetch: a lock file in there is a package's, not the application's. */
const packageTrees =
  /\/(?:node_modules|(?:site|dist)-packages|gems\/[^/]+-[^/]+|bundler\/gems|pkg\/mod|registry\/src|git\/checkouts|\.nuget\/packages)\//;

function isOfPackage(path: string, contents: Pick<ImageContents, 'entry'>): boolean {
  if (packageTrees.test(path)) return true;
  const vendor = path.lastIndexOf('/vendor/');
  return vendor >= 0 && contents.entry(`${path.slice(0, vendor)}/vendor/composer/installed.json`) !== undefined;
}

function evidenceOf(fileName: string, { use }: LockedPackage): ComponentEvidence {
  return use === undefined
    ? { kind: 'declared', confidence: 'likely', note: fileName }
    : { kind: 'declared', confidence: 'guess', note: `${fileName}, ${use}` };
}

function describe({ ecosystem }: LockFormat, { name, version, licenses = [] }: LockedPackage) {
  if (ecosystem !== 'maven') {
    const described = describeLanguagePackage(ecosystem, name, version);
    return described && { ...described, licenses };
  }
  const [namespace = '', artifact = ''] = name.split(':');
  if (![namespace, artifact, version].every((part) => /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,200}$/.test(part)))
    return undefined;
  const purl = formatPackageUrl({ type: 'maven', namespace, name: artifact, version });
  return { purl, ecosystem, name, version, licenses };
}
