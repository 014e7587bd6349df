import { asArray, asObject, asString, asStrings } from '../../base/index.ts';
import { parseJsonValue } from '../parse-json-object.ts';

export interface ComposerPackage {
  /** `vendor/name`, in lower case as Packagist compares it. */
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
}

/** What is installed, and entries that are no packages; or why the text is no such file. */
export type InstalledPackages =
  | { readonly packages: readonly ComposerPackage[]; readonly bad: readonly string[] }
  | { readonly reason: string };

/** Composer schema, "name"; old names in upper case too. */
const namePattern = /^[a-z0-9](?:[_.-]?[a-z0-9]){0,99}\/[a-z0-9](?:[_.-]{0,2}[a-z0-9]){0,99}$/;
/** A release, or a branch: `v6.4.1`, `dev-main`, `2.x-dev`, with a commit after `#`. */
const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._+/@#-]{0,200}$/;
const mostPackages = 50_000;

/** `vendor/composer/installed.json`: a list of packages (Composer 1), or an object that has one (Composer 2). Total. */
export function parseInstalledJson(text: string): InstalledPackages {
  const json = parseJsonValue(text);
  if ('reason' in json) return json;
  const list = asArray(json.value) ?? asArray(asObject(json.value)?.packages);
  if (!list) return { reason: 'has no list of packages' };
  return parseComposerPackages(list);
}

/** Packages as composer.lock and installed.json both write them. */
export function parseComposerPackages(
  list: readonly unknown[],
): Exclude<InstalledPackages, { readonly reason: string }> {
  const packages: ComposerPackage[] = [];
  const bad: string[] = [];
  for (const [index, item] of list.slice(0, mostPackages).entries()) {
    const entry = asObject(item);
    const name = asString(entry?.name)?.toLowerCase() ?? '';
    const version = asString(entry?.version) ?? '';
    if (name.length > 210 || !namePattern.test(name)) bad.push(`package ${index + 1} has no valid name`);
    else if (!versionPattern.test(version)) bad.push(`package ${name} has no valid version`);
    else packages.push({ name, version, licenses: licensesOf(entry?.license) });
  }
  if (list.length > mostPackages) bad.push(`there are more than ${mostPackages} packages`);
  return { packages, bad };
}

function licensesOf(value: unknown): readonly string[] {
  const names = (asString(value) === undefined ? asStrings(value) : [value as string]).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== '' && name.length <= 200))].slice(0, 50).sort();
}
