import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';
import type { BomDocument, ListedPackage } from '../sbom/bom-document.ts';
import { isImage, listEntries, unreadableEntry } from '../sbom/list-entries.ts';
import { idOf, parseRelease } from '../sbom/parse-package-url.ts';

/**
 * What an SPDX 2.2 or 2.3 document lists (SPDX specification 2.3, section 7): packages, but for its subject and operating
 * systems without a package URL. `sourceInfo` names the source package as Trivy and Portwarden write it. Total.
 */
export function readSpdx(document: JsonObject): BomDocument {
  const entries = listEntries(document.packages);
  const packages = entries.filter((item) => item !== undefined);
  const described = describedBy(document);
  const system = packages.find(isSystem);
  const id = idOf(asString(system?.name));
  const version = asString(system?.versionInfo);
  const distribution = id && version ? parseRelease(id, version) : undefined;
  const subject = packages.find((item) => described.has(asString(item.SPDXID) ?? ''));
  const name = asString(subject?.name) ?? asString(document.name);
  return {
    format: `SPDX ${asString(document.spdxVersion)?.slice('SPDX-'.length)}`,
    ...(name ? { subject: name } : {}),
    ...(distribution ? { distribution } : {}),
    packages: entries
      .filter((item) => !item || (!isSystem(item) && !isSubject(item, described)))
      .map((item) => (item ? readPackage(item) : unreadableEntry)),
    gaps: gapsOf(document),
  };
}

/**
 * A bill may describe a package that it lists, as one of a project does, or every one of them; an image is no package of
 * its own.
 */
function isSubject(item: JsonObject, described: ReadonlySet<string>): boolean {
  if (!described.has(asString(item.SPDXID) ?? '')) return false;
  const purl = purlOf(item);
  return purl === undefined ? described.size === 1 : isImage(purl);
}

/** The system itself; what has a package URL is a package, whatever purpose it is given. */
function isSystem(item: JsonObject): boolean {
  const purpose = item.primaryPackagePurpose;
  return (purpose === 'OPERATING-SYSTEM' || purpose === 'OPERATING_SYSTEM') && purlOf(item) === undefined;
}

/** Portwarden names among the annotations what it could not read. */
function gapsOf(document: JsonObject): readonly string[] {
  return listEntries(document.annotations).flatMap((annotation) => {
    const [, gap] = /^not read: (.+)$/s.exec(asString(annotation?.comment) ?? '') ?? [];
    return gap ?? [];
  });
}

function describedBy(document: JsonObject): ReadonlySet<string> {
  const ids = (asArray(document.documentDescribes) ?? []).flatMap((item) => asString(item) ?? []);
  for (const item of asArray(document.relationships) ?? []) {
    const relationship = asObject(item);
    if (relationship?.relationshipType !== 'DESCRIBES' || relationship.spdxElementId !== 'SPDXRef-DOCUMENT') continue;
    ids.push(asString(relationship.relatedSpdxElement) ?? '');
  }
  return new Set(ids);
}

function readPackage(item: JsonObject): ListedPackage {
  const purl = purlOf(item);
  const info = asString(item.sourceInfo) ?? '';
  const [, source, version] = /^built package from: (\S+) (\S+)$/m.exec(info) ?? [];
  const [, ownedBy] = /^part of: (pkg:\S+)$/m.exec(info) ?? [];
  const declared = [item.licenseDeclared, item.licenseConcluded].flatMap((license) => asString(license) ?? []);
  const license = declared.find((text) => text !== 'NOASSERTION' && text !== 'NONE');
  return {
    name: asString(item.name) ?? 'a package without a name',
    ...(purl === undefined ? {} : { purl }),
    ...(source && version ? { source: { name: source, version } } : {}),
    ...(ownedBy ? { ownedBy } : {}),
    licenses: license ? [license] : [],
    locations: [],
  };
}

function purlOf(item: JsonObject): string | undefined {
  const references = (asArray(item.externalRefs) ?? []).map(asObject);
  return asString(references.find((reference) => reference?.referenceType === 'purl')?.referenceLocator);
}
