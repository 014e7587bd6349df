import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { wantedFiles } from '../index.ts';
import { knownPrograms, readVersionText } from './known-programs.ts';
import { parseJavaRelease } from './parse-java-release.ts';

const { marks } = wantedFiles();

function bom(files: Readonly<Record<string, MemoryFile>>) {
  const contents = memoryContents(files, { marks });
  return compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, new AbortController().signal);
}

/** An ELF file with a text in it. */
function binary(text: string): Buffer {
  return Buffer.from(`\x7fELF\x02\x01\x01${'\0'.repeat(57)}${text}\0rest\0`, 'latin1');
}

const openssl =
  '\0OpenSSL 3.0.11 19 Sep 2023\x003.0.11\0not available\0platform: debian-amd64\0OPENSSLDIR: "/usr/lib/ssl"';

describe('words in binaries', () => {
  it.each([
    ['/usr/local/bin/node', 'https://nodejs.org/download/release/v20.11.1/node-v20.11.1.tar.gz', 'node@20.11.1'],
    ['/opt/node', 'https://nodejs.org/download/rc/v21.0.0-rc.1/node-v21.0.0-rc.1.tar.gz', 'node@21.0.0-rc.1'],
    ['/usr/local/bin/python3.11', 'pymalloc\x003.2.0\x003.11.2\0strict', 'python@3.11.2'],
    ['/usr/local/lib/libpython3.13.so.1.0', '\x003.13.0rc2\0%.80s', 'python@3.13.0rc2'],
    ['/usr/lib/libcrypto.so.3', openssl, 'openssl@3.0.11'],
    [
      '/usr/lib/libcrypto.so.1.1',
      `\0OpenSSL 1.1.1w  11 Sep 2023\0compiler: gcc ${'-O2 '.repeat(60)}\0OPENSSLDIR: "/x"`,
      'openssl@1.1.1w',
    ],
    ['/usr/sbin/nginx', 'nginx version: nginx/1.25.3\n', 'nginx@1.25.3'],
    ['/usr/local/bin/redis-server', '\x003.2.10\0err\x007.2.4\0c11-builtin\0', 'redis@7.2.4'],
    ['/bin/busybox', 'BusyBox v1.36.1 (2023-11-07 18:53:09 UTC)', 'busybox@1.36.1'],
    ['/usr/local/bin/php', 'X-Powered-By: PHP/8.3.0RC6', 'php@8.3.0RC6'],
    ['/usr/bin/perl', '\nThis is perl 5, version 36, subversion 0 (%-p) built for x86_64-linux', 'perl@5.36.0'],
    ['/usr/local/lib/libruby.so.3.2', 'ruby 3.2.2 (2023-03-30 revision e51014f9c0) [x86_64-linux]', 'ruby@3.2.2'],
    ['/usr/local/apache2/bin/httpd', 'Apache/2.4.58 (Unix)', 'httpd@2.4.58'],
    ['/usr/sbin/haproxy', '\0 version 2.6.12-1+deb12u1, released 2023/12/16\0', 'haproxy@2.6.12'],
    ['/usr/bin/memcached', 'memcached 1.6.18\n', 'memcached@1.6.18'],
    ['/usr/lib/postgresql/15/bin/postgres', 'postgres (PostgreSQL) 15.5 (Debian 15.5-0)', 'postgresql@15.5'],
    ['/usr/sbin/mariadbd', 'MariaDB 10.11.6', 'mariadb@10.11.6'],
    ['/bin/bash', '@(#)Bash version 5.2.15(1) release GNU', 'bash@5.2.15'],
    ['/usr/lib/libcurl.so.4', 'libcurl/8.5.0', 'curl@8.5.0'],
    ['/lib/libz.so.1', ' deflate 1.3.1 Copyright 1995-2024 Jean-loup Gailly', 'zlib@1.3.1'],
    ['/lib/libc.so.6', 'GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n', 'glibc@2.36'],
    ['/lib/ld-musl-x86_64.so.1', '/proc/self/fd/\x001.2.4\0Unsupported request %d', 'musl@1.2.4'],
  ])('in %s tell its version', async (path, text, expected) => {
    const { components } = await bom({ [path]: binary(text) });
    expect(components).toEqual([
      expect.objectContaining({
        purl: `pkg:generic/${expected}`,
        ecosystem: 'generic',
        locations: [path],
        evidence: expect.objectContaining({ kind: 'installed', confidence: 'certain' }),
      }),
    ]);
  });

  it.each([
    ['a program that is linked to OpenSSL', '/usr/sbin/x', '\0OpenSSL 3.0.11 19 Sep 2023\0built with OpenSSL'],
    ['a version of another Python', '/usr/bin/python3.11', '\x003.2.0\0'],
    ['a file of another name', '/usr/bin/server', 'nginx/1.25.3\0'],
    ['a version that is cut off', '/usr/sbin/nginx', 'nginx/1.25'],
    ['a format', '/usr/sbin/nginx', 'nginx/1.%d'],
  ])('say nothing in %s', async (_what, path, text) => {
    expect((await bom({ [path]: binary(text) })).components).toEqual([]);
  });

  it('say nothing in a file that is no program', async () => {
    expect((await bom({ '/usr/sbin/nginx': 'nginx/1.25.3\n' })).components).toEqual([]);
  });

  it('are less certain where a library seems to be built in', async () => {
    const { components } = await bom({ '/usr/local/bin/server': binary(openssl) });
    expect(components.map(({ name, evidence }) => [name, evidence?.confidence])).toEqual([['openssl', 'likely']]);
  });

  it('take any bytes, in time linear to what is kept', () => {
    const piece = fc.constantFrom('\0', '3.', '1', '.', ' ', 'OpenSSL ', 'a', '-', 'OPENSSLDIR: "', '9');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        for (const program of knownPrograms) void readVersionText(program, '/python3.1', bytes);
      }),
    );
  });
});

describe('programs', () => {
  it('of a distribution count through its package', async () => {
    const { components } = await bom({
      '/etc/os-release': 'ID=debian\nVERSION_ID=12\n',
      '/var/lib/dpkg/status': 'Package: nginx\nStatus: install ok installed\nVersion: 1.22.1-9\n',
      '/var/lib/dpkg/info/nginx.list': '/usr/sbin/nginx\n',
      '/usr/sbin/nginx': binary('nginx/1.22.1\0'),
      '/opt/nginx/sbin/nginx': binary('nginx/1.25.3\0'),
    });
    expect(components.map(({ purl, ownedBy }) => [purl, ownedBy])).toEqual([
      ['pkg:deb/debian/nginx@1.22.1-9?distro=debian-12', undefined],
      ['pkg:generic/nginx@1.22.1', 'pkg:deb/debian/nginx@1.22.1-9?distro=debian-12'],
      ['pkg:generic/nginx@1.25.3', undefined],
    ]);
  });

  it('with hundreds of names are shown by their own', async () => {
    const text = binary('BusyBox v1.36.1 (2023)');
    const { components } = await bom({ '/bin/[': text, '/bin/ash': text, '/bin/busybox': text, '/bin/sh': text });
    expect(components.map(({ purl, locations }) => [purl, locations])).toEqual([
      ['pkg:generic/busybox@1.36.1', ['/bin/busybox']],
    ]);
    expect((await bom({ '/bin/sh': text })).components).toHaveLength(1);
  });
});

describe('the release file of Java', () => {
  it.each([
    ['IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="17.0.9"\nJAVA_VERSION_DATE="2023-10-17"\n', '17.0.9'],
    ['JAVA_VERSION="1.8.0_392"\r\nOS_NAME="Linux"\r\n', '1.8.0_392'],
    ['JAVA_VERSION="17\nx"', undefined],
    ['JAVA_VERSION=""\n', undefined],
    ['Fedora release 39\n', undefined],
    ['', undefined],
  ])('%j has version %j', (text, version) => {
    expect(parseJavaRelease(text)).toBe(version);
  });

  it('makes a component', async () => {
    const { components, problems } = await bom({
      '/opt/java/release': 'JAVA_VERSION="21.0.1"\n',
      '/opt/other/release': Buffer.alloc(2_000_000),
    });
    expect(components.map(({ purl }) => purl)).toEqual(['pkg:generic/java@21.0.1']);
    expect(problems).toEqual([]);
  });
});
