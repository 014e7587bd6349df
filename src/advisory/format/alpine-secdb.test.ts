import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSecdbDocument, compileSecdb, emptySecdb } from './alpine-secdb.ts';

function read(...documents: unknown[]) {
  const database = emptySecdb();
  const rejected = documents.flatMap((document) => addSecdbDocument(database, document));
  return { rejected, advisories: [...compileSecdb(database)], releases: [...database.releases.keys()] };
}

function secdb(distroversion: string, secfixes: Record<string, unknown>, name = 'openssl') {
  return { distroversion, reponame: 'main', packages: [{ pkg: { name, secfixes } }] };
}

describe("Alpine's security database", () => {
  it('is turned from packages to flaws, across documents', () => {
    const { advisories, rejected, releases } = read(
      secdb('v3.19', { '3.1.4-r1': ['CVE-2023-1', 'CVE-2023-2 XSA-9 (+ regression fix)'], '0': ['CVE-2023-3'] }),
      secdb('edge', { '3.2.0-r0': ['CVE-2023-1 CVE_2023-4', 'CVE 2023-5'] }, 'openssl3'),
    );
    const fixed = (release: string, name: string, version: string) => ({
      ecosystem: 'apk',
      distribution: { id: 'alpine', release },
      name,
      ranges: [{ introduced: '0', fixed: version }],
      versions: [],
    });
    expect(rejected).toEqual([]);
    expect(releases).toEqual(['v3.19', 'edge']);
    expect(advisories.map(({ id, aliases, affected }) => ({ id, aliases, affected }))).toEqual([
      {
        id: 'CVE-2023-1',
        aliases: [],
        affected: [fixed('v3.19', 'openssl', '3.1.4-r1'), fixed('edge', 'openssl3', '3.2.0-r0')],
      },
      { id: 'CVE-2023-2', aliases: ['XSA-9'], affected: [fixed('v3.19', 'openssl', '3.1.4-r1')] },
      { id: 'CVE-2023-4', aliases: [], affected: [fixed('edge', 'openssl3', '3.2.0-r0')] },
      { id: 'CVE-2023-5', aliases: [], affected: [fixed('edge', 'openssl3', '3.2.0-r0')] },
    ]);
  });

  it('covers a release even where it has nothing to say of it', () => {
    expect(read({ distroversion: 'v3.3', packages: null }).releases).toEqual(['v3.3']);
  });

  it.each([
    [[], 'the document has no distroversion'],
    [{ packages: [] }, 'the document has no distroversion'],
    [secdb('3.19', {}), '"3.19" is not a release of Alpine'],
    [{ distroversion: 'v3.19', packages: [1] }, 'v3.19: a package has no name'],
    [secdb('v3.19', { '1.0': ['soon'] }), 'v3.19: openssl "1.0": "soon" names no flaw'],
    [secdb('v3.19', { '1.0': 'CVE-1-1' }), 'v3.19: openssl "1.0" has no list of flaws'],
    [secdb('v3.19', [] as never), 'v3.19: openssl has no secfixes'],
  ])('%j is rejected: %s', (document, reason) => {
    expect(read(document).rejected).toEqual([reason]);
  });

  it('gives reasons for anything', () => {
    const item = fc.record({
      pkg: fc.record({ name: fc.string(), secfixes: fc.dictionary(fc.string(), fc.jsonValue()) }),
    });
    const document = fc.record({
      distroversion: fc.constant('edge'),
      packages: fc.array(fc.oneof(item, fc.jsonValue())),
    });
    fc.assert(fc.property(fc.oneof(document, fc.jsonValue()), (value) => Array.isArray(read(value).rejected)));
  });
});
