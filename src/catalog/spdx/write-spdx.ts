import { digestOf, formatInstant, type Instant } from '../../base/index.ts';
import { type BillOfMaterials, type InstalledComponent, subjectKey } from '../../model/index.ts';
import { type BomOptions, firstReference, ociPackageUrl } from '../bom-options.ts';
import { LicenseTexts } from './license-texts.ts';

/** More are counted only. */
const mostProblemsTold = 100;
const subjectId = 'SPDXRef-Subject';

/**
 * The bill of materials as an SPDX 2.3 JSON document (spdx.github.io/spdx-spec/v2.3). The same input gives the same bytes:
 * IDs and the namespace are derived from the content. What could not be read stands among the annotations.
 */
export function writeSpdx(bom: BillOfMaterials, options: BomOptions): string {
  const licenses = new LicenseTexts();
  const system = describeDistribution(bom);
  const components = bom.components.map((component) => describeComponent(component, options, licenses));
  const subject = describeSubject(bom, options);
  const body = {
    name: subject.name,
    creationInfo: { created: seconds(options.at), creators: [`Tool: portwarden-${options.version}`] },
    packages: [subject, ...system, ...components],
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', subjectId),
      ...[...system, ...components].map(({ SPDXID }) => relationship(subjectId, 'CONTAINS', SPDXID)),
    ],
    ...(licenses.extracted.length > 0 ? { hasExtractedLicensingInfos: licenses.extracted } : {}),
    ...describeProblems(bom, options),
  };
  return JSON.stringify(
    {
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      documentNamespace: `urn:portwarden:bom:${digestOf(JSON.stringify(body))}`,
      ...body,
    },
    undefined,
    2,
  );
}

function describeSubject(bom: BillOfMaterials, { identity, facts }: BomOptions) {
  const key = subjectKey(bom.subject);
  if (bom.subject.kind === 'host')
    return { ...packageOf(subjectId, bom.subject.host), primaryPackagePurpose: 'OPERATING-SYSTEM' };
  if (bom.subject.kind === 'bom') return packageOf(subjectId, bom.subject.name);
  const reference = firstReference(identity);
  const purl = ociPackageUrl(identity, bom.platform.architecture);
  return {
    ...packageOf(subjectId, reference ? `${reference.registry}/${reference.repository}` : key),
    versionInfo: reference?.tag ?? identity?.manifestDigest ?? bom.subject.imageId,
    primaryPackagePurpose: 'CONTAINER',
    ...(facts?.created === undefined ? {} : { builtDate: seconds(facts.created) }),
    ...(purl ? { externalRefs: [packageUrlReference(purl)] } : {}),
    comment: `image ID ${bom.subject.imageId}`,
  };
}

function describeDistribution({ distribution, subject }: BillOfMaterials) {
  if (!distribution || subject.kind !== 'image') return [];
  const { id, release, prettyName } = distribution;
  return [
    {
      ...packageOf('SPDXRef-OperatingSystem', id),
      versionInfo: release,
      primaryPackagePurpose: 'OPERATING-SYSTEM',
      description: prettyName,
    },
  ];
}

function describeComponent(component: InstalledComponent, { facts }: BomOptions, licenses: LicenseTexts) {
  const { purl, version, source, locations, layer, evidence, ownedBy } = component;
  const found = [
    ...(source ? [`built package from: ${source.name} ${source.version}`] : []),
    ...(evidence ? [[evidence.kind, evidence.confidence, evidence.note].filter(Boolean).join(', ')] : []),
    ...locations.map((location) => `found by: ${location}`),
    `layer: ${facts?.layers[layer]?.diffId ?? layer}`,
    ...(ownedBy ? [`part of: ${ownedBy}`] : []),
  ];
  return {
    ...packageOf(`SPDXRef-Package-${digestOf(purl).slice(7, 31)}`, component.name),
    versionInfo: version,
    licenseDeclared: licenses.expressionOf(component.licenses),
    primaryPackagePurpose: 'LIBRARY',
    sourceInfo: found.join('\n'),
    externalRefs: [packageUrlReference(purl)],
  };
}

/** The fields that every package has (section 7); what nobody concluded is not asserted. */
function packageOf(id: string, name: string) {
  return {
    SPDXID: id,
    name,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
  };
}

function packageUrlReference(purl: string) {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
}

function relationship(from: string, type: 'DESCRIBES' | 'CONTAINS', to: string) {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to };
}

function describeProblems({ problems, catalogers }: BillOfMaterials, { at, version }: BomOptions) {
  const annotate = (comment: string) => ({
    annotationDate: seconds(at),
    annotationType: 'OTHER',
    annotator: `Tool: portwarden-${version}`,
    comment,
  });
  const left = problems.length - mostProblemsTold;
  return {
    annotations: [
      annotate(`catalogers: ${catalogers.join(' ')}`),
      ...problems.slice(0, mostProblemsTold).map(({ code, message }) => annotate(`not read: ${code}: ${message}`)),
      ...(left > 0 ? [annotate(`not read: ${left} more`)] : []),
    ],
  };
}

/** Times are written to the second (section 6.9). */
function seconds(at: Instant): string {
  return formatInstant(at).replace(/\.\d+Z$/, 'Z');
}
