import { parseComposerLock, parseNugetLock, parsePipfileLock } from './json-locks.ts';
import { parseGemfileLock, parseGoMod, parseGradleLock, parseRequirements } from './line-locks.ts';
import type { LockFormat } from './lock-format.ts';
import { parseNpmLock } from './npm-lock.ts';
import { parsePnpmLock } from './pnpm-lock.ts';
import { parseCargoLock, parsePoetryLock, parseUvLock } from './toml-locks.ts';
import { parseYarnLock } from './yarn-lock.ts';

/**
 * Every lock file that is read. go.sum is not: it has the sums of every version that was ever looked at while go.mod was
 * resolved, most of which are not built in.
 */
export const lockFormats: readonly LockFormat[] = [
  { name: 'package-lock.json', ecosystem: 'npm', parse: parseNpmLock },
  { name: 'npm-shrinkwrap.json', ecosystem: 'npm', parse: parseNpmLock },
  { name: 'yarn.lock', ecosystem: 'npm', parse: parseYarnLock },
  { name: 'pnpm-lock.yaml', ecosystem: 'npm', parse: parsePnpmLock },
  { name: 'poetry.lock', ecosystem: 'pypi', parse: parsePoetryLock },
  { name: 'uv.lock', ecosystem: 'pypi', parse: parseUvLock },
  { name: 'Pipfile.lock', ecosystem: 'pypi', parse: parsePipfileLock },
  { name: 'requirements.txt', ecosystem: 'pypi', parse: parseRequirements },
  { name: 'Gemfile.lock', ecosystem: 'gem', parse: parseGemfileLock },
  { name: 'Cargo.lock', ecosystem: 'cargo', parse: parseCargoLock },
  { name: 'composer.lock', ecosystem: 'composer', parse: parseComposerLock },
  { name: 'go.mod', ecosystem: 'golang', parse: parseGoMod },
  { name: 'packages.lock.json', ecosystem: 'nuget', parse: parseNugetLock },
  { name: 'gradle.lockfile', ecosystem: 'maven', parse: parseGradleLock },
];
