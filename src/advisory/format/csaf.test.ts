import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisoryError } from '../advisory-error.ts';
import { parseCsaf } from './csaf.ts';

function product(product_id: string, helper: object | undefined) {
  return { name: product_id, product: { product_id, name: product_id, product_identification_helper: helper } };
}

function relationship(part: string, whole: string) {
  return {
    category: 'default_component_of',
    full_product_name: { product_id: `${whole}:${part}`, name: '' },
    product_reference: part,
    relates_to_product_reference: whole,
  };
}

const vulnerability = {
  cve: 'CVE-2024-1',
  flags: [{ label: 'vulnerable_code_not_present', group_ids: ['old'] }],
  threats: [{ category: 'impact', details: 'Never called.', product_ids: ['os-9:bash'] }],
  remediations: [{ category: 'vendor_fix', details: 'Update.', product_ids: ['os-9:foo'] }],
  product_status: {
    fixed: ['os-9:foo'],
    known_affected: ['os-8:foo'],
    known_not_affected: ['os-9:bash', 'os-8:bash', 'app'],
  },
};

const document = {
  document: {
    category: 'csaf_vex',
    csaf_version: '2.0',
    publisher: { name: 'Example Inc.' },
    tracking: { id: 'EX-1', current_release_date: '2024-05-01T00:00:00+00:00' },
  },
  product_tree: {
    branches: [
      { branches: [product('os-8', { cpe: 'cpe:/o:example:os:8' }), product('os-9', { cpe: 'cpe:/o:example:os:9' })] },
      { branches: [{ branches: [product('foo', { purl: 'pkg:rpm/example/foo@1.0-2' })] }] },
      product('bash', { purl: 'pkg:rpm/example/bash' }),
      product('nobody', undefined),
    ],
    full_product_names: [{ product_id: 'app', product_identification_helper: { purl: 'pkg:oci/app' } }],
    product_groups: [{ group_id: 'old', product_ids: ['os-8:bash', 'app'] }],
    relationships: [
      relationship('foo', 'os-8'),
      relationship('foo', 'os-9'),
      relationship('bash', 'os-8'),
      relationship('bash', 'os-9'),
      relationship('nobody', 'os-9'),
    ],
  },
  vulnerabilities: [vulnerability],
};

function read(change: object) {
  return parseCsaf({ ...document, vulnerabilities: [{ ...vulnerability, ...change }] });
}

describe('a CSAF document', () => {
  it('makes a statement for each flaw, status and reason', () => {
    const part = (os: string, purl: string) => ({ identifiers: [`cpe:/o:example:os:${os}`], subcomponents: [[purl]] });
    const common = { flaw: 'CVE-2024-1', aliases: [], statedAt: Date.parse('2024-05-01') };
    expect(parseCsaf(document)).toEqual({
      id: 'EX-1',
      author: 'Example Inc.',
      rejected: [],
      statements: [
        { ...common, status: 'not-affected', note: 'Never called.', products: [part('9', 'pkg:rpm/example/bash')] },
        {
          ...common,
          status: 'not-affected',
          justification: 'vulnerable_code_not_present',
          products: [part('8', 'pkg:rpm/example/bash'), { identifiers: ['pkg:oci/app'], subcomponents: [] }],
        },
        { ...common, status: 'affected', products: [part('8', 'pkg:rpm/example/foo@1.0-2')] },
        { ...common, status: 'fixed', note: 'Update.', products: [part('9', 'pkg:rpm/example/foo@1.0-2')] },
      ],
    });
  });

  it.each([
    [{ cve: undefined }, /has no ID/],
    [{ cve: 'CVE 1' }, /"CVE 1" is not an advisory ID/],
    [{ product_status: { known_not_affected: ['os-9:foo'] } }, /no reason is given why 1 products/],
    [
      { flags: [{ label: 'because', product_ids: ['app'] }], product_status: { known_not_affected: ['app'] } },
      /no reason/,
    ],
    [{ product_status: { fixed: ['os-9:nobody', 'elsewhere'] } }, /nothing tells what 2 products are \(fixed\)/],
  ])('rejects what %j says', (change, reason) => {
    const { statements, rejected } = read(change);
    expect(statements).toEqual([]);
    expect(rejected).toEqual([expect.stringMatching(reason)]);
  });

  it('takes another name where the flaw has no CVE', () => {
    const { statements } = read({ cve: undefined, ids: [{ system_name: 'Example', text: 'EX-77' }] });
    expect(statements[0]?.flaw).toBe('EX-77');
  });

  it('is bounded', () => {
    let branches: object[] = [];
    for (let depth = 0; depth < 100; depth++) branches = [{ branches }];
    expect(() => parseCsaf({ ...document, product_tree: { branches } })).toThrow(/nested more than 32 deep/);
    const product_ids = Array.from({ length: 3000 }, (_, index) => `p${index}`);
    const product_groups = [{ group_id: 'g', product_ids }];
    const flags = [{ label: 'component_not_present', group_ids: Array.from({ length: 1000 }, () => 'g') }];
    const hostile = { ...document, product_tree: { product_groups }, vulnerabilities: [{ ...vulnerability, flags }] };
    expect(parseCsaf(hostile).rejected).toEqual([expect.stringMatching(/more than 2000000 times/)]);
  });

  it.each([
    [null],
    [{}],
    [{ ...document, document: { ...document.document, csaf_version: '1.2' } }],
    [{ ...document, document: { ...document.document, publisher: {} } }],
    [{ ...document, document: { ...document.document, tracking: { id: 'EX-1' } } }],
    [{ ...document, vulnerabilities: {} }],
  ])('%j is none', (value) => {
    expect(() => parseCsaf(value)).toThrow(AdvisoryError);
  });

  it('gives a document for anything in it', () => {
    const fields = fc.constantFrom('cve', 'flags', 'threats', 'remediations', 'product_status', 'ids');
    fc.assert(fc.property(fields, fc.jsonValue(), (field, value) => void read({ [field]: value })));
    const parts = fc.constantFrom('branches', 'full_product_names', 'product_groups', 'relationships');
    fc.assert(
      fc.property(parts, fc.jsonValue(), (part, value) => {
        parseCsaf({ ...document, product_tree: { ...document.product_tree, [part]: value } });
      }),
    );
  });
});
