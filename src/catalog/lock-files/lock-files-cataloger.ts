import type { CatalogContext, Cataloger, CatalogResult, InstalledComponent } from '../../model/index.ts';
import { describeLanguagePackage, type LanguageEcosystem } from '../language-package.ts';
import { ProblemList } from '../problem-list.ts';
import { readText } from '../read-text.ts';
import { parseComposerLock, parseNugetLock, parsePackageLock, parsePipfileLock } from './json-locks.ts';
import {
  parseCargoLock,
  parseGemfileLock,
  parseGoMod,
  parsePnpmLock,
  parsePythonLock,
  parseRequirements,
  parseYarnLock,
} from './line-locks.ts';
import type { LockedPackages } from './locked-package.ts';

const lockLimit = 64 * 1024 * 1024;

const formats: Readonly<Record<string, readonly [LanguageEcosystem, (text: string) => LockedPackages]>> = {
  'package-lock.json': ['npm', parsePackageLock],
  'npm-shrinkwrap.json': ['npm', parsePackageLock],
  'yarn.lock': ['npm', parseYarnLock],
  'pnpm-lock.yaml': ['npm', parsePnpmLock],
  'requirements.txt': ['pypi', parseRequirements],
  'poetry.lock': ['pypi', parsePythonLock],
  'uv.lock': ['pypi', parsePythonLock],
  'Pipfile.lock': ['pypi', parsePipfileLock],
  'go.mod': ['golang', parseGoMod],
  'Gemfile.lock': ['gem', parseGemfileLock],
  'Cargo.lock': ['cargo', parseCargoLock],
  'composer.lock': ['composer', parseComposerLock],
  'packages.lock.json': ['nuget', parseNugetLock],
};

/** Where packages are installed or cached: a lock file there is that of somebody else's project. */
const foreign = /\/(?:node_modules|site-packages|dist-packages|gems|vendor|pkg\/mod|\.cargo|registry\/src|\.nuget)\//;

/** What lock files ask for: declared, and installed only where another cataloger finds it. */
export const lockFilesCataloger: Cataloger = {
  id: 'lock-files',
  version: 1,
  wants: Object.keys(formats).map((name) => `**/${name}`),
  catalog,
};

async function catalog(context: CatalogContext): Promise<CatalogResult> {
  const problems = new ProblemList(context.contents.layers);
  const components: InstalledComponent[] = [];
  for (const entry of context.files) {
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (!format || foreign.test(entry.path)) continue;
    context.signal.throwIfAborted();
    const text = await readText(context, entry, lockLimit, problems);
    if (text === undefined) continue;
    const [ecosystem, parse] = format;
    const locked = parse(text);
    if ('reason' in locked) {
      problems.add('catalog/lock-files/bad-lock-file', entry, `${entry.path} ${locked.reason}`);
      continue;
    }
    const evidence = { kind: 'declared', confidence: 'likely', note: name } as const;
    for (const item of locked.packages) {
      const described = describeLanguagePackage(ecosystem, item.name, item.version);
      if (described) components.push({ ...described, locations: [entry.path], layer: entry.layer, evidence });
    }
  }
  return { components, problems: problems.toArray() };
}
