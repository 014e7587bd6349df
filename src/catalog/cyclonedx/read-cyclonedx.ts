import { asArray, asObject, asString, type JsonObject } from '../../base/index.ts';
import type { BomDocument, ListedPackage } from '../sbom/bom-document.ts';
import { idOf, parseRelease } from '../sbom/parse-package-url.ts';

const locationsKept = 20;

/**
 * What a CycloneDX document of version 1.2 to 1.7 lists (cyclonedx.org/docs, JSON reference): components, nested ones
 * too, but for files. The source package is taken from the properties that Portwarden and Trivy write. Total.
 */
export function readCycloneDx(document: JsonObject): BomDocument {
  const system = (asArray(document.components) ?? []).map(asObject).find((item) => item?.type === 'operating-system');
  const id = idOf(asString(system?.name));
  const version = asString(system?.version);
  const distribution = id && version ? parseRelease(id, version) : undefined;
  const subject = asString(asObject(asObject(document.metadata)?.component)?.name);
  return {
    format: `CycloneDX ${asString(document.specVersion)?.slice(0, 10) ?? ''}`.trim(),
    ...(subject ? { subject } : {}),
    ...(distribution ? { distribution } : {}),
    packages: listPackages(document.components),
  };
}

/** Components may be nested; the depth is that of the JSON, which is bounded. */
function* listPackages(list: unknown): Generator<ListedPackage> {
  for (const item of asArray(list) ?? []) {
    const component = asObject(item);
    if (component && component.type !== 'file' && component.type !== 'operating-system') yield readPackage(component);
    yield* listPackages(component?.components);
  }
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
