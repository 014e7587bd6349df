import { asObject, asString, type JsonObject } from '../../base/index.ts';
import { parseJsonObject } from '../parse-json-object.ts';

export interface NugetPackage {
  readonly name: string;
  readonly version: string;
  /** What of it lies beside the manifest, as a path from there. */
  readonly files: readonly string[];
}

/** The packages, and entries that are none; or why the text is no such file. */
export type DepsJson =
  | { readonly packages: readonly NugetPackage[]; readonly bad: readonly string[] }
  | { readonly reason: string };

/** NuGet, "ID"; a version with up to four numbers. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;
const versionPattern = /^\d{1,10}(?:\.\d{1,10}){0,3}(?:-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?$/;
const mostLibraries = 50_000;

/** What a library brings at run time; one that has none of it was only needed to compile. */
const assets = ['runtime', 'native', 'runtimeTargets', 'resources'];

/**
 * The manifest of dependencies that .NET writes beside an application or a shared framework (.NET runtime
 * configuration files, `*.deps.json`): packages and runtime packs that are there to run. Total.
 */
export function parseDepsJson(text: string): DepsJson {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const libraries = asObject(json.object.libraries);
  if (!libraries) return { reason: 'has no libraries' };
  const target = targetOf(json.object);
  const packages: NugetPackage[] = [];
  const bad: string[] = [];
  const entries = Object.entries(libraries);
  for (const [key, value] of entries.slice(0, mostLibraries)) {
    const type = asString(asObject(value)?.type)?.toLowerCase();
    if (type !== 'package' && type !== 'runtimepack') continue;
    const used = asObject(target?.[key]);
    if (type === 'package' && used && !assets.some((asset) => used[asset] !== undefined)) continue;
    const [full = '', version = '', ...more] = key.split('/');
    const name = type === 'runtimepack' ? full.replace(/^runtimepack\./, '') : full;
    if (more.length === 0 && namePattern.test(name) && versionPattern.test(version))
      packages.push({ name, version, files: filesOf(used) });
    else bad.push(`library ${JSON.stringify(key.slice(0, 200))} has no valid name and version`);
  }
  if (entries.length > mostLibraries) bad.push(`there are more than ${mostLibraries} libraries`);
  return { packages, bad };
}

/** Publishing puts assets beside the manifest, translations in a directory each, and those of platforms where they were. */
function filesOf(used: JsonObject | undefined): readonly string[] {
  const partsKept = { runtime: 1, native: 1, resources: 2, runtimeTargets: Number.POSITIVE_INFINITY } as const;
  return Object.entries(partsKept).flatMap(([asset, parts]) =>
    Object.keys(asObject(used?.[asset]) ?? {}).map((path) => path.split('/').slice(-parts).join('/')),
  );
}

function targetOf(manifest: JsonObject): JsonObject | undefined {
  const name = asString(asObject(manifest.runtimeTarget)?.name) ?? '';
  const targets = asObject(manifest.targets);
  return targets && Object.hasOwn(targets, name) ? asObject(targets[name]) : undefined;
}
