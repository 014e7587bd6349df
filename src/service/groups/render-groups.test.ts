import { expect, it } from 'vitest';
import { addressesOf, parseCidr } from '../../base/index.ts';
import { parseDocuments } from '../../policy/index.ts';
import { renderGroupFiles, renderGroups } from './render-groups.ts';
import { rulesOf } from './traffic-scene.ts';

const documents = `
apiVersion: portwarden/v1
kind: SecurityGroup
metadata: { name: web }
spec:
  members: [{ namespace: shop, labels: { app: web } }]
  outbound: [{ to: [{ cidr: 192.0.2.0/24 }], ports: [tcp/443] }]
---
apiVersion: portwarden/v1
kind: AddressList
metadata: { name: bad }
spec: { addresses: [192.0.2.1/32], source: { url: "https://lists.example/bad.txt" } }
`;

it('renders groups and deny lists of documents, and tells what was not read for them', () => {
  const { files, remarks } = renderGroupFiles('kubernetes', [{ name: 'all.yaml', text: documents }]);
  expect(files.map(({ path }) => path)).toEqual(['web.yaml']);
  expect(files[0]?.text).toContain('- 192.0.2.1/32');
  expect(remarks).toContainEqual(
    expect.objectContaining({
      kind: 'unsupported',
      source: { document: 'AddressList bad', path: 'spec.source', at: null },
    }),
  );
});

it('renders what the sources of applied lists had', () => {
  const read = rulesOf(
    parseDocuments(documents, 'all.yaml').map((document) => ({ document })),
    [
      {
        list: 'bad',
        source: 'https://lists.example/bad.txt',
        fetchedAt: 0,
        attemptedAt: 0,
        addresses: addressesOf([parseCidr('192.0.2.128/25')].filter((block) => block !== undefined)),
      },
    ],
  );
  const { files, remarks } = renderGroups('kubernetes', read);
  expect(files[0]?.text).toContain('cidr: 192.0.2.0/25');
  expect(remarks.filter(({ source }) => source.document === 'AddressList bad')).toEqual([]);
});

it('refuses documents that are none', () => {
  expect(() => renderGroupFiles('kubernetes', [{ name: 'all.yaml', text: 'kind: SecurityGroup' }])).toThrow(
    /all\.yaml/,
  );
});
