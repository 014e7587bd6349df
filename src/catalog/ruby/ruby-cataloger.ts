import type { CatalogContext, Cataloger, CatalogResult, FileEntry, InstalledComponent } from '../../model/index.ts';
import { formatPackageUrl } from '../package-url.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { type Gem, parseGemspec } from './parse-gemspec.ts';

const gemspecLimit = 8 * 1024 * 1024;

/** Gems that RubyGems or Bundler installed, those that come with Ruby included: `specifications/NAME-VERSION.gemspec`. */
export const rubyCataloger: Cataloger = { id: 'ruby', version: 1, wants: ['**/*.gemspec'], catalog };

/** Any other gemspec is the source of a gem, and code. */
const installed = /\/specifications\/(?:default\/)?([^/]+\.gemspec)$/;

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    const fileName = installed.exec(entry.path)?.[1];
    if (fileName === undefined) continue;
    context.signal.throwIfAborted();
    const text = await readText(context, entry, gemspecLimit, problems);
    if (text === undefined) continue;
    const spec = parseGemspec(text, fileName);
    if ('gem' in spec) components.push(describe(spec.gem, entry));
    else problems.add('catalog/ruby/bad-gemspec', entry, `${entry.path} ${spec.reason}`);
  }
  const broughtDirectories = components.flatMap(({ locations }) => locations.map(directoryOf));
  return { components, problems: problems.toArray(), broughtDirectories };
}

/** `specifications/default/a-1.gemspec` is of `gems/a-1`. */
function directoryOf(gemspec: string): string {
  return gemspec.replace(installed, (_, fileName: string) => `/gems/${fileName.slice(0, -'.gemspec'.length)}`);
}

function describe({ name, version, platform, licenses, isGuess }: Gem, entry: FileEntry): InstalledComponent {
  return {
    purl: formatPackageUrl({ type: 'gem', name, version, qualifiers: { platform } }),
    ecosystem: 'gem',
    name,
    version,
    licenses,
    locations: [entry.path],
    layer: entry.layer,
    ...(isGuess ? { evidence: { kind: 'installed', confidence: 'guess', note: 'the name of its file' } } : {}),
  };
}
