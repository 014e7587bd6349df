import type {
  ByteMark,
  CatalogContext,
  Cataloger,
  CatalogResult,
  ComponentEvidence,
  InstalledComponent,
} from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readBytes } from '../read-text.ts';
import { readElfSection } from './elf-section.ts';
import { type Crate, parseAuditData } from './parse-audit-data.ts';

const sectionName = '.dep-v0';

/** The name of the section, in the table of names at the end of the file; where its bytes are is only known from there. */
const mark: ByteMark = { id: 'rust-audit-data', bytes: Buffer.from(sectionName), keep: 8 };

const binaryLimit = 512 * 1024 * 1024;

const fromGit: ComponentEvidence = { kind: 'installed', confidence: 'likely', note: 'built from a Git repository' };

/** Crates of Rust programs that were built with cargo-auditable. */
export const rustCataloger: Cataloger = { id: 'rust', version: 1, wants: [], marks: [mark], catalog };

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const file = await readBytes(context, entry, binaryLimit, problems);
    const section = file && readElfSection(file, sectionName);
    if (!section) continue;
    const data = parseAuditData(section);
    const bad = 'reason' in data ? [data.reason] : data.bad;
    for (const reason of bad)
      problems.add('catalog/rust/bad-audit-data', entry, `${entry.path}: its list of crates cannot be read: ${reason}`);
    if ('reason' in data) continue;
    for (const crate of data.crates)
      components.push({
        ...describeCrate(crate),
        locations: [entry.path],
        layer: entry.layer,
        ...(crate.isFromGit ? { evidence: fromGit } : {}),
      });
  }
  return { components, problems: problems.toArray() };
}

export function describeCrate({ name, version }: Pick<Crate, 'name' | 'version'>) {
  const purl = formatPackageUrl({ type: 'cargo', name, version });
  return { purl, ecosystem: 'cargo' as const, name, version, licenses: [] };
}
