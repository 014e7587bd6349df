import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import type { ListedComponent } from './bom-document.ts';
import { parseBom } from './parse-bom.ts';

const documentLimit = 64 * 1024 * 1024;

const evidence = { kind: 'claimed', confidence: 'guess', note: 'a bill of materials inside' } as const;

/**
 * Bills of materials that lie in the image: whoever built it claims that these packages are in it. Anybody may write
 * anything there, so a claim never stands above what another cataloger found.
 */
export const sbomCataloger: Cataloger = {
  id: 'sbom',
  version: 3,
  wants: ['**/*.cdx.json', '**/bom.json', '**/*.spdx.json', '**/*.spdx'],
  catalog,
};

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    context.signal.throwIfAborted();
    const text = await readText(context, entry, documentLimit, problems);
    // Other forms of SPDX, and other files of that name, are no JSON.
    if (text === undefined || !/^\s*\{/.test(text.slice(0, 1000))) continue;
    const claims = parseBom(text);
    if ('reason' in claims) {
      if (!entry.path.endsWith('/bom.json'))
        problems.add('catalog/sbom/bad-document', entry, `${entry.path} ${claims.reason}`);
      continue;
    }
    if (claims.untold.count > 0)
      problems.add(
        'catalog/sbom/untold-packages',
        entry,
        `${entry.path} lists ${claims.untold.count} packages without a package URL that is understood`,
      );
    if (claims.gaps.length > 0)
      problems.add(
        'catalog/sbom/incomplete',
        entry,
        `${entry.path} says itself that it leaves out ${claims.gaps.length} things`,
      );
    for (const component of claims.components)
      components.push({ ...claimed(component), locations: [entry.path], layer: entry.layer, evidence });
  }
  return { components, problems: problems.toArray() };
}

/**
 * A claim about a package of a distribution is known and not judged: whoever built the image could call it a package of
 * any release, and have it cleared by that. Nor may a claim say that something else stands for it.
 */
function claimed({ distribution: _release, source: _source, ownedBy: _owner, ...component }: ListedComponent) {
  return component;
}
