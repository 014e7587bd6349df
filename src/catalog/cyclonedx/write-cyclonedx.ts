import { digestOf, formatInstant } from '../../base/index.ts';
import { type BillOfMaterials, type InstalledComponent, subjectKey } from '../../model/index.ts';
import { type BomOptions, firstReference, ociPackageUrl } from '../bom-options.ts';
import { licenseChoice } from './license-choice.ts';

/** More are counted only. */
const mostProblemsTold = 100;

/**
 * The bill of materials as a CycloneDX 1.6 JSON document. The same input gives the same bytes: the serial number is
 * derived from the content. Where something could not be read, its composition says `incomplete`. Written by hand
 * because the models of @cyclonedx/cyclonedx-library 10.3.0 have no place for evidence.occurrences and take 100 ms to
 * load; its copy of the official schema checks this in the tests.
 */
export function writeCycloneDx(bom: BillOfMaterials, options: BomOptions): string {
  const subject = describeSubject(bom, options);
  const components = bom.components.map((component) => describeComponent(component, options.facts));
  const body = {
    version: 1,
    metadata: {
      timestamp: formatInstant(options.at),
      tools: { components: [{ type: 'application', name: 'portwarden', version: options.version }] },
      component: subject,
      properties: [
        ...bom.catalogers.map((cataloger) => property('cataloger', cataloger)),
        ...bom.problems
          .slice(0, mostProblemsTold)
          .map((problem) => property('problem', `${problem.code}: ${problem.message}`)),
      ],
    },
    components: [...describeDistribution(bom), ...components],
    ...(bom.problems.length > 0
      ? { compositions: [{ aggregate: 'incomplete', assemblies: [subject['bom-ref']] }] }
      : {}),
  };
  return JSON.stringify(
    {
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: serialNumberOf(JSON.stringify(body)),
      ...body,
    },
    undefined,
    2,
  );
}

function describeSubject(bom: BillOfMaterials, { identity, facts }: BomOptions) {
  const key = subjectKey(bom.subject);
  if (bom.subject.kind === 'host') {
    const version = bom.distribution?.release;
    return { type: 'operating-system', 'bom-ref': key, name: bom.subject.host, ...(version ? { version } : {}) };
  }
  if (bom.subject.kind === 'bom') return { type: 'application', 'bom-ref': key, name: bom.subject.name };
  const reference = firstReference(identity);
  const manifestDigest = identity?.manifestDigest;
  const purl = ociPackageUrl(identity, bom.platform.architecture);
  return {
    type: 'container',
    'bom-ref': key,
    name: reference ? `${reference.registry}/${reference.repository}` : key,
    version: reference?.tag ?? manifestDigest ?? bom.subject.imageId,
    ...(purl ? { purl } : {}),
    properties: [
      property('image-id', bom.subject.imageId),
      ...(manifestDigest ? [property('manifest-digest', manifestDigest)] : []),
      ...(identity?.references ?? []).map((name) => property('reference', name)),
      ...(facts?.created === undefined ? [] : [property('created', formatInstant(facts.created))]),
      ...(facts?.layers ?? []).map(({ diffId }) => property('layer', diffId)),
    ],
  };
}

function describeDistribution({ distribution }: BillOfMaterials) {
  if (!distribution) return [];
  const { id, release, prettyName } = distribution;
  return [
    { type: 'operating-system', 'bom-ref': `os:${id}-${release}`, name: id, version: release, description: prettyName },
  ];
}

function describeComponent(component: InstalledComponent, facts: BomOptions['facts']) {
  const { purl, version, source, ownedBy } = component;
  const [, group, name = component.name] =
    (component.ecosystem === 'npm' && /^(@[^/]+)\/(.+)$/.exec(component.name)) || [];
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group ? { group } : {}),
    name,
    version,
    ...(component.licenses.length > 0 ? { licenses: licenseChoice(component.licenses) } : {}),
    purl,
    evidence: {
      identity: [describeIdentity(component)],
      occurrences: component.locations.map((location) => ({ location })),
    },
    properties: [
      property('layer', facts?.layers[component.layer]?.diffId ?? String(component.layer)),
      ...(source ? [property('source', `${source.name}@${source.version}`)] : []),
      ...(ownedBy ? [property('owned-by', ownedBy)] : []),
    ],
  };
}

const confidences = { certain: 1, likely: 0.8, guess: 0.4 } as const;
const techniques = { installed: 'manifest-analysis', declared: 'manifest-analysis', claimed: 'attestation' } as const;

/** How sure it is that the component is there, and by what (CycloneDX 1.6, componentIdentityEvidence). */
function describeIdentity({ evidence }: InstalledComponent) {
  const { kind, confidence, note } = evidence ?? ({ kind: 'installed', confidence: 'certain' } as const);
  const value = [kind, ...(note ? [note] : [])].join(': ');
  const method = { technique: techniques[kind], confidence: confidences[confidence], value };
  return { field: 'purl', confidence: confidences[confidence], methods: [method] };
}

function property(name: string, value: string) {
  return { name: `portwarden:${name}`, value };
}

/** A version 8 UUID (RFC 9562, section 5.8) made of the content's digest. */
function serialNumberOf(content: string): string {
  const hex = digestOf(content).slice('sha256:'.length);
  const variant = '89ab'[Number.parseInt(hex[16] as string, 16) % 4];
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return `urn:uuid:${parts.join('-')}-${hex.slice(20, 32)}`;
}
