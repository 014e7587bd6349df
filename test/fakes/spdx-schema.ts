/**
 * For tests: which fields the objects of SPDX 2.3 may and must have, as its specification lists them (sections 6, 7, 8 and
 * 10 to 12), for what Portwarden writes. The official JSON Schema comes in no package.
 */
const id = { type: 'string', pattern: '^SPDXRef-[a-zA-Z0-9.-]+$' };
const text = { type: 'string', minLength: 1 };
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' };
const tool = { type: 'string', pattern: '^(Tool|Person|Organization): .+' };

function object(required: readonly string[], properties: Readonly<Record<string, object>>) {
  return { type: 'object', additionalProperties: false, required, properties };
}

export const spdxSchema = object(
  ['spdxVersion', 'dataLicense', 'SPDXID', 'name', 'documentNamespace', 'creationInfo'],
  {
    spdxVersion: { const: 'SPDX-2.3' },
    dataLicense: { const: 'CC0-1.0' },
    SPDXID: { const: 'SPDXRef-DOCUMENT' },
    name: text,
    documentNamespace: { type: 'string', format: 'uri', pattern: '^[^#]+$' },
    creationInfo: object(['created', 'creators'], {
      created: time,
      creators: { type: 'array', minItems: 1, items: tool },
    }),
    packages: {
      type: 'array',
      items: object(['SPDXID', 'name', 'downloadLocation'], {
        SPDXID: id,
        name: text,
        versionInfo: text,
        downloadLocation: text,
        filesAnalyzed: { type: 'boolean' },
        licenseConcluded: text,
        licenseDeclared: text,
        copyrightText: text,
        description: text,
        comment: text,
        sourceInfo: text,
        builtDate: time,
        primaryPackagePurpose: { enum: ['LIBRARY', 'CONTAINER', 'OPERATING-SYSTEM'] },
        externalRefs: {
          type: 'array',
          items: object(['referenceCategory', 'referenceType', 'referenceLocator'], {
            referenceCategory: { enum: ['OTHER', 'PERSISTENT-ID', 'SECURITY', 'PACKAGE-MANAGER'] },
            referenceType: text,
            referenceLocator: { type: 'string', pattern: '^\\S+$' },
          }),
        },
      }),
    },
    relationships: {
      type: 'array',
      items: object(['spdxElementId', 'relationshipType', 'relatedSpdxElement'], {
        spdxElementId: id,
        relationshipType: { enum: ['DESCRIBES', 'CONTAINS'] },
        relatedSpdxElement: id,
      }),
    },
    hasExtractedLicensingInfos: {
      type: 'array',
      items: object(['licenseId', 'extractedText'], {
        licenseId: { type: 'string', pattern: '^LicenseRef-[a-zA-Z0-9.-]+$' },
        extractedText: text,
        name: text,
      }),
    },
    annotations: {
      type: 'array',
      items: object(['annotationDate', 'annotationType', 'annotator', 'comment'], {
        annotationDate: time,
        annotationType: { enum: ['OTHER', 'REVIEW'] },
        annotator: tool,
        comment: text,
      }),
    },
  },
);
