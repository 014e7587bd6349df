import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';
import type { BomDocument, ListedPackage } from '../sbom/bom-document.ts';
import { isImage, listEntries, unreadableEntry } from '../sbom/list-entries.ts';
import { idOf, parseRelease } from '../sbom/parse-package-url.ts';

const locationsKept = 20;

/**
 * What a CycloneDX document of version 1.2 to 1.7 lists (cyclonedx.org/docs, JSON reference): components, nested ones
 * too, and its subject where that has a package URL; files and systems only where they have one. The source package is
 * taken from the properties that Portwarden and Trivy write. Total.
 */
export function readCycloneDx(document: JsonObject): BomDocument {
  const system = listEntries(document.components).find((item) => item?.type === 'operating-system');
  const id = idOf(asString(system?.name));
  const version = asString(system?.version);
  const distribution = id && version ? parseRelease(id, version) : undefined;
  const subject = asObject(asObject(document.metadata)?.component);
  const name = asString(subject?.name);
  return {
    format: `CycloneDX ${asString(document.specVersion)?.slice(0, 10) ?? ''}`.trim(),
    ...(name ? { subject: name } : {}),
    ...(distribution ? { distribution } : {}),
    packages: listAll(subject, document.components),
    gaps: gapsOf(document),
  };
}

function* listAll(subject: JsonObject | undefined, list: unknown): Generator<ListedPackage> {
  const purl = asString(subject?.purl);
  if (subject && purl !== undefined && !isImage(purl)) yield readPackage(subject);
  yield* listPackages(subject?.components);
  yield* listPackages(list);
}

/** Components may be nested; the depth is that of the JSON, which is bounded. */
function* listPackages(list: unknown): Generator<ListedPackage> {
  for (const component of listEntries(list)) {
    if (!component) yield unreadableEntry;
    else if (component.purl !== undefined || (component.type !== 'file' && component.type !== 'operating-system'))
      yield readPackage(component);
    yield* listPackages(component?.components);
  }
}

/** Portwarden names what it could not read; other tools say that a composition is incomplete. */
function gapsOf(document: JsonObject): readonly string[] {
  const problems = listEntries(asObject(document.metadata)?.properties).flatMap((property) =>
    property?.name === 'portwarden:problem' ? (asString(property.value) ?? []) : [],
  );
  if (problems.length > 0) return problems;
  const aggregates = listEntries(document.compositions).map((item) => asString(item?.aggregate) ?? '');
  const incomplete = aggregates.find((aggregate) => aggregate.startsWith('incomplete'));
  return incomplete ? [`a composition is ${incomplete}`] : [];
}

function readPackage(component: JsonObject): ListedPackage {
  const name = asString(component.name) ?? 'a component without a name';
  const purl = asString(component.purl);
  const properties = propertiesOf(component);
  const source = sourceOf(properties);
  const ownedBy = properties.get('portwarden:owned-by');
  return {
    name,
    ...(purl === undefined ? {} : { purl }),
    ...(source ? { source } : {}),
    ...(ownedBy ? { ownedBy } : {}),
    licenses: licensesOf(component.licenses),
    locations: (asArray(asObject(component.evidence)?.occurrences) ?? [])
      .slice(0, locationsKept)
      .flatMap((occurrence) => asString(asObject(occurrence)?.location) ?? []),
  };
}

function licensesOf(list: unknown): readonly string[] {
  return (asArray(list) ?? []).flatMap((item) => {
    const choice = asObject(item);
    const license = asObject(choice?.license);
    return asString(choice?.expression) ?? asString(license?.id) ?? asString(license?.name) ?? [];
  });
}

function propertiesOf(component: JsonObject): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const item of asArray(component.properties) ?? []) {
    const property = asObject(item);
    const [name, value] = [asString(property?.name), asString(property?.value)];
    if (name !== undefined && value) properties.set(name, value);
  }
  return properties;
}

function sourceOf(properties: ReadonlyMap<string, string>): { name: string; version: string } | undefined {
  const [, name, version] = /^([^@]+)@(.+)$/.exec(properties.get('portwarden:source') ?? '') ?? [];
  if (name && version) return { name, version };
  const trivy = (key: string) => properties.get(`aquasecurity:trivy:${key}`);
  const [source, sourceVersion] = [trivy('SrcName'), trivy('SrcVersion')];
  if (!source || !sourceVersion) return undefined;
  const epoch = trivy('SrcEpoch');
  const release = trivy('SrcRelease');
  return { name: source, version: `${epoch ? `${epoch}:` : ''}${sourceVersion}${release ? `-${release}` : ''}` };
}
