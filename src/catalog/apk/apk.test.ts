import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { databaseLimits } from '../database-limits.ts';
import { parseApkDatabase } from './parse-apk-database.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

/** In the form that apk writes. */
const installed = `C:Q11Ing8/u1VIdY9czSxaDO9wJg72I=
P:musl
V:1.2.4-r2
A:x86_64
S:389000
I:634880
T:the musl c library (libc) implementation
U:https://musl.libc.org/
L:MIT
o:musl
m:Someone <someone@example.org>
t:1695657600
c:0c777cf840e82cdc528651e3f3f8f9dda6b1b028
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q17yJ3JFNypA4mxhJJr0ou6CzsJVI=
F:
R:top

C:Q1x6WFRxtCFOJEJVxd3X43cgTKiZQ=
P:libcrypto3
V:3.1.4-r5
A:x86_64
L:Apache-2.0 AND MIT
o:openssl
F:lib
R:libcrypto.so.3

`;

describe('parseApkDatabase', () => {
  it('gives packages, origins and files', () => {
    expect(parseApkDatabase(installed)).toEqual({
      packages: [
        {
          name: 'musl',
          version: '1.2.4-r2',
          architecture: 'x86_64',
          license: 'MIT',
          origin: 'musl',
          files: ['/lib/ld-musl-x86_64.so.1', '/top'],
        },
        {
          name: 'libcrypto3',
          version: '3.1.4-r5',
          architecture: 'x86_64',
          license: 'Apache-2.0 AND MIT',
          origin: 'openssl',
          files: ['/lib/libcrypto.so.3'],
        },
      ],
      problems: [],
    });
  });

  it.each([
    ['a package without a name', 'V:1\n', 1],
    ['a package without a version', 'P:a\n', 1],
    ['a version with a space', 'P:a\nV:1 2\n', 1],
    ['a line that is no field', 'P:a\nhello\nV:1\n', 2],
  ])('says on which line there is %s, and reads on', (_what, text, line) => {
    const parsed = parseApkDatabase(`${text}\nP:next\nV:2\n`);
    expect(parsed.problems[0]).toMatchObject({ line });
    expect(parsed.packages.at(-1)?.name).toBe('next');
  });

  it('reads no more packages than a system can have, and says where it stopped', () => {
    const parsed = parseApkDatabase('P:a\nV:1\n\n'.repeat(databaseLimits.packages + 5));
    expect(parsed.packages).toHaveLength(databaseLimits.packages);
    expect(parsed.problems).toMatchObject([{ line: 3 * databaseLimits.packages + 1 }]);
  });

  it('gives up on what is no database', () => {
    const parsed = parseApkDatabase('x\n'.repeat(databaseLimits.problems * 2));
    expect(parsed.problems).toHaveLength(databaseLimits.problems + 1);
    expect(parsed.problems.at(-1)?.reason).toContain('were not read');
  });

  it('takes any text, and any cut or changed database', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('P', 'V', ':', '\n', 'F', 'R', 'a', '1', '\0') }),
        (text) => void parseApkDatabase(text),
      ),
    );
    fc.assert(
      fc.property(fc.nat(installed.length), fc.nat(installed.length), fc.string(), (from, to, insert) => {
        for (const item of parseApkDatabase(installed.slice(0, from) + insert + installed.slice(to)).packages)
          expect(`${item.name}@${item.version}`).toMatch(/^\S+$/);
      }),
    );
  });
});

describe('apk', () => {
  const alpine = 'ID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME="Alpine Linux v3.18"\n';

  it('describes packages in full, in the layer that brought their files', async () => {
    const { components, problems } = await bom({
      '/etc/os-release': alpine,
      '/lib/apk/db/installed': { bytes: installed, layer: 2 },
      '/lib/libcrypto.so.3': { layer: 1 },
    });
    expect(problems).toEqual([]);
    expect(components[0]).toEqual({
      purl: 'pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.18',
      ecosystem: 'apk',
      name: 'libcrypto3',
      version: '3.1.4-r5',
      distribution: { id: 'alpine', release: 'v3.18' },
      source: { name: 'openssl', version: '3.1.4-r5' },
      licenses: ['Apache-2.0 AND MIT'],
      locations: ['/lib/apk/db/installed'],
      layer: 1,
    });
    expect(components[1]?.layer).toBe(2);
  });

  it('finds the database where /lib is a link', async () => {
    const { components } = await bom({
      '/etc/os-release': 'ID=wolfi\nVERSION_ID=20230201\n',
      '/lib': { link: 'usr/lib' },
      '/usr/lib/apk/db/installed': installed,
    });
    expect(components.map(({ purl, locations }) => [purl, locations])).toEqual([
      ['pkg:apk/wolfi/libcrypto3@3.1.4-r5?arch=x86_64&distro=wolfi-rolling', ['/usr/lib/apk/db/installed']],
      ['pkg:apk/wolfi/musl@1.2.4-r2?arch=x86_64&distro=wolfi-rolling', ['/usr/lib/apk/db/installed']],
    ]);
  });

  it('does not trust the last line of a database that was cut', async () => {
    const cut = installed.slice(0, installed.indexOf('3.1.4') + 3);
    const { components, problems } = await bom({ '/etc/os-release': alpine, '/lib/apk/db/installed': cut });
    expect(components.map((component) => component.name)).toEqual(['musl']);
    expect(problems.map((problem) => problem.code).sort()).toEqual(['catalog/apk/bad-stanza', 'catalog/apk/truncated']);
  });
});
