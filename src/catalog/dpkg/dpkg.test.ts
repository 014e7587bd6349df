import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import type { Subject } from '../../model/index.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { databaseLimits } from '../database-limits.ts';
import { parseCopyright } from './parse-copyright.ts';
import { parseDpkgStatus } from './parse-dpkg-status.ts';
import { publisherOf } from './publisher.ts';

const subject: Subject = { kind: 'host', host: 'test' };

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), subject, new AbortController().signal);
}

/** In the form that dpkg writes, with a folded field, a conffiles list and an empty field. */
const status = `Package: libc6
Status: install ok installed
Priority: optional
Section: libs
Installed-Size: 13000
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Architecture: amd64
Multi-Arch: same
Source: glibc
Version: 2.36-9+deb12u4
Depends: libgcc-s1
Conffiles:
 /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab
Description: GNU C Library: Shared libraries
 Contains the standard libraries that are used by nearly all programs on
 the system.
 .
 Version: not this one
Homepage: https://www.gnu.org/software/libc/libc.html

Package: libgcc-s1
Status: hold ok installed
Architecture: amd64
Source: gcc-12 (12.2.0-14)
Version: 12.2.0-14+b1

Package: old
Status: deinstall ok config-files
Architecture: amd64
Version: 1:1.0-1

Package: broken-off
Status: install reinstreq half-installed
Architecture: amd64
Version: 1.0-1

Package: waiting
Status: install ok triggers-pending
Architecture: all
Version: 1:2.0~rc1-1

`;

const debian = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n';

describe('parseDpkgStatus', () => {
  it('gives the packages whose files are there, with their sources', () => {
    const parsed = parseDpkgStatus(status);
    expect(parsed.problems).toEqual([]);
    expect(parsed.packages).toMatchObject([
      {
        name: 'libc6',
        version: '2.36-9+deb12u4',
        architecture: 'amd64',
        source: { name: 'glibc', version: '2.36-9+deb12u4' },
      },
      { name: 'libgcc-s1', version: '12.2.0-14+b1', source: { name: 'gcc-12', version: '12.2.0-14' } },
      { name: 'waiting', version: '1:2.0~rc1-1', source: { name: 'waiting', version: '1:2.0~rc1-1' } },
    ]);
  });

  it.each([
    ['a package without a name', 'Status: install ok installed\nVersion: 1\n', 1],
    ['a name that is none', 'Package: ../x\nVersion: 1\n', 1],
    ['no version', 'Package: a\nStatus: install ok installed\n', 1],
    ['a version with a space', 'Package: a\nVersion: 1 2\n', 1],
    ['a status that is none', 'Package: a\nStatus: installed\nVersion: 1\n', 1],
    ['a line that is no field', 'Package: a\nnonsense\nVersion: 1\n', 2],
    ['zeros where a block was lost', `Package: a\nVersion: 1\n\n${'\0'.repeat(100)}\n`, 4],
  ])('says on which line there is %s', (_what, text, line) => {
    expect(parseDpkgStatus(text).problems[0]).toMatchObject({ line });
  });

  it('reads on after a stanza that makes no sense', () => {
    const parsed = parseDpkgStatus(`garbage\n\nPackage: a\nVersion: 1\n\n:\n\nPackage: b\nVersion: 2\n`);
    expect(parsed.packages.map((item) => item.name)).toEqual(['a', 'b']);
    expect(parsed.problems.length).toBeGreaterThan(1);
  });

  it('reads no more packages than a system can have, and says where it stopped', () => {
    const parsed = parseDpkgStatus('Package: a\nVersion: 1\n\n'.repeat(databaseLimits.packages + 5));
    expect(parsed.packages).toHaveLength(databaseLimits.packages);
    expect(parsed.problems).toMatchObject([{ line: 3 * databaseLimits.packages + 1 }]);
  });

  it('takes a huge line and Windows line ends', () => {
    const text = `Package: a\r\nDescription: ${'x'.repeat(5_000_000)}\r\nVersion: 1\r\n\r\nPackage: b\r\nVersion: 2\r\n`;
    expect(parseDpkgStatus(text).packages.map((item) => item.name)).toEqual(['a', 'b']);
  });

  it('gives up on what is no database', () => {
    const parsed = parseDpkgStatus('x\n'.repeat(databaseLimits.problems * 2));
    expect(parsed.problems).toHaveLength(databaseLimits.problems + 1);
    expect(parsed.problems.at(-1)?.reason).toContain('were not read');
  });

  it('takes any text, and any cut or changed status', () => {
    const text = fc.string({
      unit: fc.constantFrom('Package', 'Version', ':', ' ', '\n', 'a', '1', '\0', 'Status', '\t'),
    });
    fc.assert(fc.property(text, (any) => void parseDpkgStatus(any)));
    fc.assert(
      fc.property(fc.nat(status.length), fc.nat(status.length), fc.string(), (from, to, insert) => {
        for (const item of parseDpkgStatus(status.slice(0, from) + insert + status.slice(to)).packages) {
          expect(item.name).toMatch(/^\S+$/);
          expect(item.version).toMatch(/^\S+$/);
        }
      }),
    );
  });
});

describe('parseCopyright', () => {
  it('lists the short names of a machine-readable file', () => {
    const text = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: x

Files: *
Copyright: someone
License: GPL-2+

Files: a
License: Expat or
 more text of it

License: GPL-2+
 This program is free software
`;
    expect(parseCopyright(text)).toEqual(['Expat or', 'GPL-2+']);
  });

  it('guesses nothing of free text', () => {
    expect(parseCopyright('This package was debianized by hand.\nLicense: see below\nLicense: GPL')).toEqual([]);
  });
});

describe('dpkg', () => {
  it('describes packages in full', async () => {
    const { components, problems, distribution } = await bom({
      '/etc/os-release': debian,
      '/var/lib/dpkg/status': { bytes: status, layer: 3 },
      '/var/lib/dpkg/info/libc6:amd64.list': { bytes: '/.\n/lib\n/lib/x86_64-linux-gnu/libc.so.6\n', layer: 0 },
      '/usr/share/doc/libgcc-s1': { link: 'gcc-12-base' },
      '/usr/share/doc/gcc-12-base/copyright': 'Format: DEP5\nFiles: *\nLicense: GPL-3+ with exception\n',
    });
    expect(problems).toEqual([]);
    expect(distribution).toEqual({ id: 'debian', release: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)' });
    expect(components[0]).toEqual({
      purl: 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12',
      ecosystem: 'deb',
      name: 'libc6',
      version: '2.36-9+deb12u4',
      distribution: { id: 'debian', release: '12' },
      source: { name: 'glibc', version: '2.36-9+deb12u4' },
      licenses: [],
      locations: ['/var/lib/dpkg/status'],
      layer: 0,
    });
    expect(components[1]).toMatchObject({ name: 'libgcc-s1', licenses: ['GPL-3+ with exception'], layer: 3 });
    expect(components[2]?.purl).toBe('pkg:deb/debian/waiting@1:2.0~rc1-1?arch=all&distro=debian-12');
  });

  it("gives no distribution to a vendor's package, which no feed of it covers", async () => {
    const { components } = await bom({
      '/etc/os-release': debian,
      '/var/lib/dpkg/status': 'Package: nodejs\nVersion: 20.1.0-1nodesource1\nMaintainer: N <a@nodesource.com>\n',
    });
    expect(components[0]?.purl).toBe('pkg:deb/nodejs@20.1.0-1nodesource1');
    expect(components[0]?.distribution).toBeUndefined();
  });

  it('names no distribution where none is known', async () => {
    const { components } = await bom({ '/var/lib/dpkg/status': status });
    expect(components[0]?.purl).toBe('pkg:deb/libc6@2.36-9%2Bdeb12u4?arch=amd64');
    expect(components[0]?.distribution).toBeUndefined();
  });

  it('reads the control files of distroless images', async () => {
    const { components, problems } = await bom({
      '/etc/os-release': 'PRETTY_NAME="Distroless"\nID="debian"\nVERSION_ID="12"',
      '/var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64',
      '/var/lib/dpkg/status.d/base.md5sums': '0123456789abcdef0123456789abcdef  usr/share/x\n',
      '/var/lib/dpkg/status.d/libssl3': 'Package: libssl3\nSource: openssl\nVersion: 3.0.11-1~deb12u2\n',
    });
    expect(problems).toEqual([]);
    expect(components.map(({ name, source, locations }) => [name, source?.name, locations])).toEqual([
      ['base-files', 'base-files', ['/var/lib/dpkg/status.d/base']],
      ['libssl3', 'openssl', ['/var/lib/dpkg/status.d/libssl3']],
    ]);
  });

  it('does not trust the last line of a database that was cut', async () => {
    const cut = status.slice(0, status.indexOf('2.0~rc1-1') + 2);
    const { components, problems } = await bom({ '/etc/os-release': debian, '/var/lib/dpkg/status': cut });
    expect(components.map((component) => component.name)).toEqual(['libc6', 'libgcc-s1']);
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['catalog/dpkg/bad-stanza', '/var/lib/dpkg/status'],
      ['catalog/dpkg/truncated', '/var/lib/dpkg/status'],
    ]);
  });

  it('reads on where bytes are no UTF-8, and says so', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Package: a\nVersion: 1\nMaintainer: '),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\n'),
    ]);
    const { components, problems } = await bom({ '/var/lib/dpkg/status': bytes });
    expect(components).toHaveLength(1);
    expect(problems.map((problem) => problem.code)).toEqual(['catalog/not-utf8']);
  });

  it('tells twenty problems of a kind and counts the others', async () => {
    const { components, problems } = await bom({
      '/var/lib/dpkg/status': `${'Package: a\n\n'.repeat(5000)}Package: b\nVersion: 1\n`,
    });
    expect(components).toHaveLength(1);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)?.message).toBe('/var/lib/dpkg/status has 4980 more problems of this kind');
    expect(problems[0]?.layer).toMatch(/^sha256:/);
  });
});

describe('publisherOf', () => {
  const own = { version: '1.0-1', maintainer: 'A B <ab@debian.org>', homepage: 'https://example.org/' };
  it.each([
    ['a package of Debian', own, [], 'distribution'],
    ['one of a maintainer with an own address', { ...own, maintainer: 'A B <ab@mail.test>' }, [], 'distribution'],
    ["Debian's own tool", { ...own, homepage: 'https://www.debian.org/' }, [], 'distribution'],
    ['one without a maintainer (distroless)', { version: '1' }, [], 'distribution'],
    ['one with another vendor', { ...own, vendor: 'Docker' }, [], 'other'],
    ['one with the distribution as its vendor', { ...own, vendor: 'Debian' }, [], 'distribution'],
    ['a maintainer without an address', { ...own, maintainer: 'Authors <https://example.com/>' }, [], 'other'],
    ['the maker as maintainer', { ...own, maintainer: 'X <a@dl.example.org>' }, [], 'unclear'],
    [
      'what a derivative took over',
      { ...own, maintainer: 'U <u@lists.ubuntu.com>', version: '1-1ubuntu2' },
      [],
      'distribution',
    ],
    [
      'a house named in the version',
      { ...own, maintainer: 'X <a@nodesource.com>', version: '20.1.0-1nodesource1' },
      [],
      'other',
    ],
    ['files in /opt', own, ['/.', '/opt/x'], 'other'],
    ['files in /usr/local', own, ['/usr/local/bin/x'], 'other'],
  ])('knows %s', (_what, item, files, publisher) => {
    expect(publisherOf(item, files, 'debian')).toBe(publisher);
  });
});
