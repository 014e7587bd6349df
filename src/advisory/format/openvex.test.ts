import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdvisoryError } from '../advisory-error.ts';
import { parseOpenVex } from './openvex.ts';

const statement = {
  vulnerability: { '@id': 'https://example.org/CVE-2024-1', name: 'CVE-2024-1', aliases: ['GHSA-1', 'CVE-2024-1'] },
  products: [
    {
      '@id': 'pkg:oci/app@sha256%3Aabc',
      identifiers: { purl: 'pkg:oci/app@sha256%3Aabc', cpe23: 'cpe:2.3:a:x:app:1:*:*:*:*:*:*:*' },
      subcomponents: [{ '@id': 'pkg:npm/foo@1.0.0' }],
    },
  ],
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
};

const document = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.org/vex/1',
  author: ' Example Inc. ',
  timestamp: '2024-01-01T00:00:00Z',
  version: 1,
  statements: [statement],
};

describe('an OpenVEX document', () => {
  it('is read with its author', () => {
    expect(parseOpenVex(document)).toEqual({
      id: 'https://example.org/vex/1',
      author: 'Example Inc.',
      statements: [
        {
          flaw: 'CVE-2024-1',
          aliases: ['GHSA-1'],
          status: 'not-affected',
          justification: 'vulnerable_code_not_in_execute_path',
          statedAt: Date.parse('2024-01-01'),
          products: [
            {
              identifiers: ['pkg:oci/app@sha256%3Aabc', 'cpe:2.3:a:x:app:1:*:*:*:*:*:*:*'],
              subcomponents: [['pkg:npm/foo@1.0.0']],
            },
          ],
        },
      ],
      rejected: [],
    });
  });

  it.each([
    [{ status: 'fixed', justification: undefined }, { status: 'fixed' }],
    [{ status: 'affected', justification: undefined, action_statement: 'Upgrade.' }, { note: 'Upgrade.' }],
    [{ status: 'under_investigation', justification: undefined, status_notes: 'We look.' }, { note: 'We look.' }],
    [
      { justification: undefined, impact_statement: 'Never called.' },
      { status: 'not-affected', note: 'Never called.' },
    ],
    [{ timestamp: '2024-02-01T00:00:00Z' }, { statedAt: Date.parse('2024-02-01') }],
    [
      { timestamp: '2024-02-01T00:00:00Z', last_updated: '2024-03-01T00:00:00Z' },
      { statedAt: Date.parse('2024-03-01') },
    ],
  ])('with %j says %j', (change, expected) => {
    const { statements, rejected } = parseOpenVex({ ...document, statements: [{ ...statement, ...change }] });
    expect(rejected).toEqual([]);
    expect(statements).toMatchObject([expected]);
  });

  it.each([
    [{ vulnerability: 'CVE-2024-1' }, /names no vulnerability/],
    [{ vulnerability: { name: 'a b' } }, /"a b" is not an advisory ID/],
    [{ status: 'constructor' }, /"constructor" is not a status/],
    [{ status: undefined }, /is not a status/],
    [{ justification: undefined }, /no reason is given why CVE-2024-1/],
    [{ justification: 'because' }, /"because" is not a justification/],
    [{ products: [] }, /names no product/],
    [{ products: [{}] }, /no identifier/],
    [{ products: [{ '@id': 'pkg:oci/a', subcomponents: ['pkg:npm/foo'] }] }, /no identifier/],
    [{ products: [{ '@id': 'x'.repeat(3000) }] }, /too long/],
  ])('rejects the statement with %j alone', (change, reason) => {
    const statements = [{ ...statement, ...change }, statement];
    const read = parseOpenVex({ ...document, statements });
    expect(read.statements).toHaveLength(1);
    expect(read.rejected).toEqual([expect.stringMatching(reason)]);
    expect(read.rejected[0]).toMatch(/^statement 1: /);
  });

  it('needs a time', () => {
    expect(parseOpenVex({ ...document, timestamp: 'yesterday' }).rejected).toEqual([
      expect.stringMatching(/nobody says when/),
    ]);
  });

  it.each([
    [null],
    [[]],
    [{ ...document, '@context': 'https://example.org' }],
    [{ ...document, author: ' ' }],
    [{ ...document, statements: {} }],
  ])('%j is none', (value) => expect(() => parseOpenVex(value)).toThrow(AdvisoryError));

  it('gives statements or reasons for anything in it', () => {
    const fields = fc.constantFrom('vulnerability', 'products', 'status', 'justification', 'timestamp');
    fc.assert(
      fc.property(fields, fc.jsonValue(), (field, value) => {
        const { statements, rejected } = parseOpenVex({ ...document, statements: [{ ...statement, [field]: value }] });
        expect(statements.length + rejected.length).toBe(1);
      }),
    );
  });
});
