import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type EngineName, engineNeeds, findProgram, whyMissing } from '../test/engines/engine-needs.ts';
import { runTool } from './run-tool.ts';

/**
 * Installs what Debian has of the real parts of the tests, where we may: as root, by apt. Elsewhere the tests say
 * themselves what they lack. Gives the reason where it failed.
 */
export async function installEngines(): Promise<string | undefined> {
  const missing = (Object.keys(engineNeeds) as EngineName[]).filter((name) => whyMissing(name) !== undefined);
  if (missing.length === 0) return undefined;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) {
    for (const name of missing) console.error(`will be skipped: tests that need ${name} (${whyMissing(name)})`);
    return undefined;
  }
  const packages = [...new Set(missing.flatMap((name) => [...engineNeeds[name].packages]))];
  console.error(`installing Debian packages for the tests: ${packages.join(' ')}`);
  return withoutServices(async () => {
    if (!hasPackageLists() && (await apt('update')) !== 0) return 'apt-get update failed, for the reason above';
    if ((await apt('install', '--yes', '--no-install-recommends', ...packages)) === 0) return undefined;
    // Old lists name versions that the mirror no longer has.
    if ((await apt('update')) === 0 && (await apt('install', '--yes', '--no-install-recommends', ...packages)) === 0)
      return undefined;
    return 'apt-get install failed, for the reason above';
  });
}

function apt(...args: readonly string[]): Promise<number> {
  return runTool('apt-get', ['-q', ...args], { DEBIAN_FRONTEND: 'noninteractive' });
}

function hasPackageLists(): boolean {
  const lists = '/var/lib/apt/lists';
  return existsSync(lists) && readdirSync(lists).some((name) => name.includes('_Packages'));
}

/** The tests start their own daemons: those that the packages would start are told not to (invoke-rc.d(8)). */
async function withoutServices<Result>(work: () => Promise<Result>): Promise<Result> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    rmSync(policy);
  }
}
