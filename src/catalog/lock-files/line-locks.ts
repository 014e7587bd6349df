import { badEntry, type LockedPackage, type LockFile } from './lock-format.ts';

/**
 * requirements.txt (pip, "Requirements File Format"): lines that pin a version, `name==1.0`, with extras, a marker,
 * hashes or a comment. Any other line is a wish for some version or an option, and is passed over. Total.
 */
export function parseRequirements(text: string): LockFile {
  const packages: LockedPackage[] = [];
  for (const line of text.split('\n')) {
    const [, name, version] =
      /^\s{0,20}([A-Za-z0-9][\w.-]{0,200})\s{0,5}(?:\[[^\]]{0,300}\])?\s{0,5}==\s{0,5}([\w.!+-]{1,200})\s*(?:$|[;#\\]|--)/.exec(
        line,
      ) ?? [];
    if (name !== undefined && version !== undefined) packages.push({ name, version });
  }
  return { packages, bad: [] };
}

/**
 * Gemfile.lock (Bundler, lockfile_parser.rb): `    name (1.0-platform)` under `specs:`. The platform is left out: the
 * builds of a version are one gem here. What is under PATH is local. Total.
 */
export function parseGemfileLock(text: string): LockFile {
  const packages: LockedPackage[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    const heading = /^([A-Z][A-Z ]*?)\r?$/.exec(line)?.[1];
    if (heading !== undefined) section = heading;
    if (section !== 'GEM' && section !== 'GIT') continue;
    const [, name, version] = /^ {4}([^\s(]+) \(([^\s()-]+)(?:-[^()]*)?\)!?\r?$/.exec(line) ?? [];
    if (name !== undefined && version !== undefined) packages.push({ name, version });
  }
  return section === '' ? { reason: 'is no lock file of Bundler' } : { packages, bad: [] };
}

/**
 * go.mod (Go Modules Reference, "go.mod files"): what `require` asks for, after `replace`; a directory that stands for a
 * module is local. Total.
 */
export function parseGoMod(text: string): LockFile {
  const required: LockedPackage[] = [];
  const replaced = new Map<string, LockedPackage | undefined>();
  const bad: string[] = [];
  let block = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/, '').trim();
    const [, opened] = /^(\w+) ?\($/.exec(line) ?? [];
    if (opened !== undefined) block = opened;
    else if (line === ')') block = '';
    else if (line !== '') {
      const words = line.split(/\s+/).map((word) => word.replace(/^["`]|["`]$/g, ''));
      const verb = block || words.shift();
      const [first = '', second] = words;
      if (verb === 'require' && second !== undefined) required.push({ name: first, version: second });
      else if (verb === 'require') bad.push(badEntry(line));
      else if (verb === 'replace') addReplacement(words, replaced);
    }
  }
  const packages = required.flatMap((item) => {
    const key = [`${item.name}@${item.version}`, item.name].find((name) => replaced.has(name));
    return key === undefined ? item : (replaced.get(key) ?? []);
  });
  return { packages, bad };
}

function addReplacement(words: readonly string[], replaced: Map<string, LockedPackage | undefined>): void {
  const arrow = words.indexOf('=>');
  if (arrow < 1) return;
  const [name = '', version] = words.slice(arrow + 1);
  replaced.set(words.slice(0, arrow).join('@'), version === undefined ? undefined : { name, version });
}

/** gradle.lockfile (Gradle, "Locking dependency versions"): `group:name:version=CONFIGURATION,…`. Total. */
export function parseGradleLock(text: string): LockFile {
  const packages: LockedPackage[] = [];
  const bad: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith('empty=')) continue;
    const [, name, version, configurations = ''] = /^([^:=\s]+:[^:=\s]+):([^:=\s]+)(?:=(.*))?$/.exec(line) ?? [];
    if (name === undefined || version === undefined) bad.push(badEntry(line));
    else {
      const isForTests = configurations !== '' && configurations.split(',').every((one) => /test/i.test(one));
      packages.push({ name, version, ...(isForTests ? { use: 'for development' as const } : {}) });
    }
  }
  return { packages, bad };
}
