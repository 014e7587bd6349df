import { asArray, asObject, asString, BoundError, lazyLibrary, parseJson } from '../../base/index.ts';

const semver = lazyLibrary<typeof import('semver')>('semver');

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly string[];
}

/** A package, or why the text is none. */
export type NpmManifest = { readonly package: NpmPackage } | { readonly reason: string };

/** Names that were ever valid, upper case and odd characters of old ones included (npm docs, package.json, "name"). */
const namePattern = /^(?:@[A-Za-z0-9~!'()*._-]{1,214}\/)?[A-Za-z0-9~!'()*_-][A-Za-z0-9~!'()*._-]{0,213}$/;

/**
 * The package.json of an installed package. The version is cleaned as npm does (`v1.0.0` is `1.0.0`); build metadata,
 * which npm ignores, is left out. Total: what is no package gives the reason.
 */
export function parsePackageJson(text: string): NpmManifest {
  let manifest: ReturnType<typeof asObject>;
  try {
    manifest = asObject(parseJson(text.replace(/^\uFEFF/, ''), 'it'));
  } catch (error) {
    if (error instanceof BoundError) return { reason: error.message.replace(/^it /, '') };
    throw error;
  }
  const name = asString(manifest?.name)?.trim();
  const version = asString(manifest?.version);
  if (manifest === undefined) return { reason: 'is not a JSON object' };
  if (name === undefined || !namePattern.test(name)) return { reason: 'has no valid name' };
  const cleaned = version !== undefined && version.length <= 256 ? semver().clean(version, { loose: true }) : null;
  if (cleaned === null) return { reason: 'has no valid version' };
  return { package: { name, version: cleaned, licenses: licensesOf(manifest.license ?? manifest.licenses) } };
}

/** `"MIT"`, `{ "type": "MIT" }`, or an array of either; the last two are old forms that packages still carry. */
function licensesOf(value: unknown): readonly string[] {
  const names = (asArray(value) ?? [value])
    .map((item) => (asString(item) ?? asString(asObject(item)?.type))?.trim())
    .filter((name): name is string => name !== undefined && name !== '' && name.length <= 1000);
  return [...new Set(names)].slice(0, 50).sort();
}
