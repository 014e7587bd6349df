import { type LockedPackage, type LockedPackages, mostPackages } from './locked-package.ts';

/** Lines of hashes and addresses may be longer, and name no package. */
const longestLine = 4000;

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    yield text.slice(at, Math.min(end, at + longestLine)).replace(/\r$/, '');
    at = end + 1;
  }
}

function bounded(found: Iterable<LockedPackage>): LockedPackages {
  const packages: LockedPackage[] = [];
  for (const item of found) {
    if (packages.length >= mostPackages) return { reason: `has more than ${mostPackages} packages` };
    packages.push(item);
  }
  return { packages };
}

function* matches(text: string, pattern: RegExp): Generator<LockedPackage> {
  for (const line of linesOf(text)) {
    const [, name, version] = pattern.exec(line) ?? [];
    if (name !== undefined && version !== undefined) yield { name, version };
  }
}

/** requirements.txt: exact pins only, `name[extra]==1.0 ; marker`. */
export function parseRequirements(text: string): LockedPackages {
  return bounded(matches(text, /^\s*([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*===?\s*([^\s;#,\\*]+)\s*(?:[;#\\]|$)/));
}

/** Gemfile.lock: what stands right under `specs:`; a platform after the version is left off. */
export function parseGemfileLock(text: string): LockedPackages {
  return bounded(matches(text, /^ {4}([A-Za-z0-9._-]+) \(([0-9A-Za-z.]+)(?:-[^)]*)?\)$/));
}

/** pnpm-lock.yaml: the keys under `packages:`, in the forms of its versions 5, 6 and 9. */
export function parsePnpmLock(text: string): LockedPackages {
  return bounded(pnpmPackages(text));
}

function* pnpmPackages(text: string): Generator<LockedPackage> {
  let inPackages = false;
  for (const line of linesOf(text)) {
    if (/^\S/.test(line)) inPackages = line.startsWith('packages:');
    if (!inPackages) continue;
    const key = /^ {2}'?\/?((?:@[^/@\s]+\/)?[^/@\s'(]+)[@/]([^\s'():_]+)(?:[(_][^']*)?'?:/.exec(line);
    if (key) yield { name: key[1] as string, version: key[2] as string };
  }
}

/** yarn.lock, of Yarn 1 and of its successors. Workspaces have no version there. */
export function parseYarnLock(text: string): LockedPackages {
  return bounded(yarnPackages(text));
}

function* yarnPackages(text: string): Generator<LockedPackage> {
  let name: string | undefined;
  for (const line of linesOf(text)) {
    if (/^[^\s#]/.test(line)) {
      const [, key, wanted] = /^"?(@?[^@"\s]+)@([^",:]*(?::[^",]*)?)/.exec(line) ?? [];
      name = /^npm:(@?[^@]+)@/.exec(wanted ?? '')?.[1] ?? key;
    }
    const version = /^ {2}version:? "?([^"\s]+)"?$/.exec(line)?.[1];
    if (name === undefined || version === undefined) continue;
    if (!version.endsWith('-use.local')) yield { name, version };
    name = undefined;
  }
}

/** go.mod: what it requires, directly or not. */
export function parseGoMod(text: string): LockedPackages {
  return bounded(matches(text, /^(?:require\s+|\t)([^\s()]+)\s+(v[^\s]+)\s*(?:\/\/.*)?$/));
}

/** `[[package]]` of Cargo.lock, poetry.lock and uv.lock; `takes` sees the line of the source, if any. */
function* tomlPackages(text: string, takes: (source: string) => boolean): Generator<LockedPackage> {
  let block: { name?: string; version?: string; source: string } | undefined;
  function* done(): Generator<LockedPackage> {
    if (block?.name !== undefined && block.version !== undefined && takes(block.source))
      yield { name: block.name, version: block.version };
    block = undefined;
  }
  for (const line of linesOf(text)) {
    if (line.startsWith('[')) yield* done();
    if (line.trim() === '[[package]]') block = { source: '' };
    const [, key, value] = /^(name|version|source) = (.+)$/.exec(line) ?? [];
    if (!block || value === undefined) continue;
    if (key === 'source') block.source = value;
    else block[key as 'name' | 'version'] = /^"([^"]*)"\s*$/.exec(value)?.[1] ?? '';
  }
  yield* done();
}

/** Cargo.lock: crates of registries; local ones have no source. */
export function parseCargoLock(text: string): LockedPackages {
  return bounded(tomlPackages(text, (source) => /^"(?:sparse|registry)\+/.test(source)));
}

/** poetry.lock and uv.lock, without what lies in the project itself. */
export function parsePythonLock(text: string): LockedPackages {
  return bounded(tomlPackages(text, (source) => !/\b(?:editable|virtual|directory|path|git|url)\s*=/.test(source)));
}
