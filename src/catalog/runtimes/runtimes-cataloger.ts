import type {
  ByteMark,
  CatalogContext,
  Cataloger,
  CatalogResult,
  ComponentEvidence,
  FileEntry,
  InstalledComponent,
} from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { isOwnFile, type KnownProgram, knownPrograms, readVersionText, textKept } from './known-programs.ts';
import { parseJavaRelease } from './parse-java-release.ts';

const marks: readonly ByteMark[] = knownPrograms.flatMap((program) =>
  program.marks.map((text) => ({
    id: markOf(program),
    bytes: Buffer.from(text, 'latin1'),
    keep: textKept,
    ...(program.files ? { names: program.files } : {}),
  })),
);

const releaseLimit = 1024 * 1024;

/**
 * Interpreters, servers and libraries that were not installed as packages, by the version that their binaries state,
 * and Java by its `release` file. Their versions have no order here, and no feed speaks of them: they are known, and
 * not judged.
 */
export const runtimesCataloger: Cataloger = { id: 'runtimes', version: 1, wants: ['**/release'], marks, catalog };

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  const broughtDirectories: string[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    if (entry.path.endsWith('/release')) {
      const version = await readJava(context, entry, problems);
      if (version !== undefined) {
        components.push(describe('java', version, entry));
        broughtDirectories.push(...javaHome(context, entry));
      }
    }
    for (const { program, version } of findPrograms(context, entry)) {
      const evidence: ComponentEvidence = isOwnFile(program, entry.path)
        ? { kind: 'installed', confidence: 'certain', note: 'its own words in the binary' }
        : { kind: 'installed', confidence: 'likely', note: 'its words in a program that it seems to be built into' };
      components.push({ ...describe(program.name, version, entry), evidence });
    }
  }
  return { components: dropOtherNames(components), problems: problems.toArray(), broughtDirectories };
}

/** The first words of each program that make sense. */
function findPrograms({ contents }: CatalogContext, entry: FileEntry) {
  const found: { program: KnownProgram; version: string }[] = [];
  const texts = Map.groupBy(contents.marks(entry.path), ({ mark }) => mark);
  for (const program of knownPrograms) {
    for (const { bytes } of texts.get(markOf(program)) ?? []) {
      const version = readVersionText(program, entry.path, bytes);
      if (version === undefined) continue;
      found.push({ program, version });
      break;
    }
  }
  return found;
}

function markOf(program: KnownProgram): string {
  return `runtimes/${program.name}`;
}

async function readJava(context: CatalogContext, entry: FileEntry, problems: ProblemList): Promise<string | undefined> {
  if (entry.size > releaseLimit) return undefined;
  return parseJavaRelease((await readText(context, entry, releaseLimit, problems)) ?? '');
}

/** A Java has a directory to itself; one unpacked among the programs of others has not. */
function javaHome({ contents }: CatalogContext, { path }: FileEntry): readonly string[] {
  const home = path.slice(0, -'/release'.length);
  const isShared = home === '' || home === '/usr' || home === '/usr/local' || home === '/opt';
  return !isShared && contents.entry(`${home}/bin/java`)?.type === 'file' ? [home] : [];
}

function describe(name: string, version: string, entry: FileEntry): InstalledComponent {
  const purl = formatPackageUrl({ type: 'generic', name, version });
  return { purl, ecosystem: 'generic', name, version, licenses: [], locations: [entry.path], layer: entry.layer };
}

/** BusyBox has hundreds of names, hard links to one file: it is shown by its own where that is among them. */
function dropOtherNames(components: readonly InstalledComponent[]): readonly InstalledComponent[] {
  const isOther = ({ name, evidence }: InstalledComponent) => name === 'busybox' && evidence?.confidence === 'likely';
  const shown = new Set(
    components.filter((component) => !isOther(component)).map(({ purl, layer }) => `${layer} ${purl}`),
  );
  return components.filter((component) => !isOther(component) || !shown.has(`${component.layer} ${component.purl}`));
}
