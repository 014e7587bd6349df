import { PackageURL } from 'packageurl-js';
import { asArray, asObject, asString } from '../../base/index.ts';
import type { Component, ComponentEcosystem } from '../../model/index.ts';
import { describeLanguagePackage, type LanguageEcosystem } from '../language-package.ts';
import { formatPackageUrl } from '../package-url.ts';
import { parseJsonObject } from '../parse-json-object.ts';

/** What a bill of materials claims, and how many of its packages could not be told; or why it is none. */
export type Claims =
  | { readonly components: readonly Component[]; readonly untold: number }
  | { readonly reason: string };

const mostComponents = 100_000;
const longestPurl = 2000;

/** CycloneDX JSON (components, nested too) or SPDX 2 JSON (packages with a purl among their external references). Total. */
export function parseClaims(text: string): Claims {
  const json = parseJsonObject(text);
  if ('reason' in json) return json;
  const { object } = json;
  const isCycloneDx = object.bomFormat === 'CycloneDX';
  if (!isCycloneDx && !/^SPDX-2\.\d$/.test(asString(object.spdxVersion) ?? ''))
    return { reason: 'is neither CycloneDX nor SPDX 2 in JSON' };
  const components: Component[] = [];
  let untold = 0;
  for (const purl of isCycloneDx ? cycloneDxPurls(object.components) : spdxPurls(object.packages)) {
    if (components.length >= mostComponents) return { reason: `has more than ${mostComponents} components` };
    const component = purl === undefined ? undefined : readPurl(purl);
    if (component) components.push(component);
    else untold++;
  }
  return { components, untold };
}

/** Components may be nested; the depth is that of the JSON, which is bounded. */
function* cycloneDxPurls(list: unknown): Generator<string | undefined> {
  for (const item of asArray(list) ?? []) {
    const component = asObject(item);
    if (component?.type !== 'file') yield asString(component?.purl);
    yield* cycloneDxPurls(component?.components);
  }
}

function* spdxPurls(list: unknown): Generator<string | undefined> {
  for (const item of asArray(list) ?? []) {
    const references = (asArray(asObject(item)?.externalRefs) ?? []).map(asObject);
    yield asString(references.find((reference) => reference?.referenceType === 'purl')?.referenceLocator);
  }
}

const languages: readonly string[] = ['npm', 'pypi', 'golang', 'gem', 'cargo', 'composer', 'nuget'];
const others: readonly string[] = ['deb', 'apk', 'rpm', 'generic'] satisfies ComponentEcosystem[];

/** Packages of distributions have no release here, which a claim cannot give: they are known, and not judged. */
function readPurl(text: string): Component | undefined {
  const purl = parsePurl(text);
  if (!purl?.version) return undefined;
  const { type, namespace, name, version, qualifiers } = purl;
  const full = namespace ? `${namespace}/${name}` : name;
  if (languages.includes(type)) return describeLanguagePackage(type as LanguageEcosystem, full, version);
  if (!others.includes(type)) return undefined;
  const parts = { type, ...(namespace ? { namespace } : {}), name, version, qualifiers: qualifiers ?? {} };
  return { purl: formatPackageUrl(parts), ecosystem: type as ComponentEcosystem, name, version };
}

function parsePurl(text: string): PackageURL | undefined {
  if (text.length > longestPurl) return undefined;
  try {
    return PackageURL.fromString(text);
  } catch {
    // Its errors have no class of their own; whatever it throws, the text is no package URL, and is counted as untold.
    return undefined;
  }
}
