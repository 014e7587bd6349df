import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../../test/fakes/memory-contents.ts';
import {
  berkeleyDatabase,
  type FakeRpm,
  ndbDatabase,
  packHeader,
  rpmHeader,
  sqliteDatabase,
  sqliteWithLog,
} from '../../../test/fakes/rpm-database.ts';
import { compileBillOfMaterials } from '../compile-bill-of-materials.ts';
import { parseRpmHeader } from './parse-rpm-header.ts';
import { isOwnPackage } from './vendor.ts';

function bom(files: Readonly<Record<string, MemoryFile>>) {
  return compileBillOfMaterials(memoryContents(files), { kind: 'host', host: 'test' }, new AbortController().signal);
}

const openssl: FakeRpm = {
  name: 'openssl-libs',
  epoch: 1,
  version: '3.2.1',
  release: '2.fc40',
  source: 'openssl-3.2.1-2.fc40.src.rpm',
  license: 'Apache-2.0',
  files: ['/etc/pki', '/usr/lib64/libcrypto.so.3', '/usr/lib64/libssl.so.3'],
};

describe('parseRpmHeader', () => {
  it('gives the package, its source and its files', () => {
    expect(parseRpmHeader(rpmHeader(openssl))).toEqual({
      package: {
        name: 'openssl-libs',
        epoch: 1,
        version: '3.2.1',
        release: '2.fc40',
        architecture: 'x86_64',
        license: 'Apache-2.0',
        vendor: 'Fedora Project',
        source: { name: 'openssl', version: '3.2.1', release: '2.fc40' },
        files: openssl.files,
      },
    });
  });

  it('knows whole paths, of packages of before 2000', () => {
    const header = packHeader({ 1000: 'a', 1001: '1', 1002: '1', 1027: ['/usr/bin/a', 'b', '/etc/a'] });
    expect(parseRpmHeader(header)).toMatchObject({ package: { files: ['/usr/bin/a', '/etc/a'] } });
  });

  it.each([
    ['no name', { 1001: '1', 1002: '1' }, 'has no valid name'],
    ['a name that climbs', { 1000: '../a', 1001: '1', 1002: '1' }, 'has no valid name'],
    ['a name that is a list', { 1000: ['a', 'b'], 1001: '1', 1002: '1' }, 'has no valid name'],
    ['a version with a hyphen', { 1000: 'a', 1001: '1-2', 1002: '1' }, 'which has no valid version'],
    ['no release', { 1000: 'a', 1001: '1' }, 'which has no valid version'],
  ])('refuses %s', (_what, tags, reason) => {
    expect(parseRpmHeader(packHeader(tags))).toEqual({ reason: expect.stringContaining(reason) });
  });

  it('leaves out what makes no sense beside it', () => {
    const tags = {
      1000: 'a',
      1001: '1',
      1002: '1',
      1022: 'x 86',
      1044: 'a.src.rpm',
      1116: [7],
      1117: ['f'],
      1118: ['/d/'],
    };
    expect(parseRpmHeader(packHeader(tags))).toEqual({
      package: { name: 'a', epoch: 0, version: '1', release: '1', files: [] },
    });
  });

  it('takes any bytes, and any cut or changed header', () => {
    const header = rpmHeader(openssl);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseRpmHeader(Buffer.from(bytes))));
    fc.assert(
      fc.property(fc.nat(header.length), fc.nat(header.length - 1), fc.nat(255), (end, at, byte) => {
        const broken = Buffer.from(header);
        broken[at] = byte;
        expect(parseRpmHeader(header.subarray(0, Math.min(end, header.length - 1)))).toEqual({ reason: 'is cut off' });
        const result = parseRpmHeader(broken);
        if ('package' in result) expect(`${result.package.name}-${result.package.version}`).toMatch(/^[!-~]+$/);
      }),
    );
  });
});

describe('isOwnPackage', () => {
  it.each([
    ['Fedora Project', 'fedora', true],
    ['Fedora Project', 'rocky', false],
    ['Red Hat, Inc.', 'rhel', true],
    ['Rocky Enterprise Software Foundation', 'rocky', true],
    ['SUSE LLC <https://www.suse.com/>', 'sles', true],
    ['SUSE LLC <https://www.suse.com/>', 'opensuse-leap', true],
    ['Amazon Linux', 'amzn', true],
    [undefined, 'fedora', false],
    ['Someone', 'mageia', true],
    [undefined, undefined, true],
  ])('%s on %s: %s', (vendor, distribution, own) => {
    expect(isOwnPackage(vendor, distribution)).toBe(own);
  });
});

describe('rpm', () => {
  const fedora = 'ID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora Linux 40"\n';
  const database = sqliteDatabase([rpmHeader(openssl)]);

  it('describes packages in full, in the layer that brought their files', async () => {
    const { components, problems } = await bom({
      '/etc/os-release': fedora,
      '/var/lib/rpm': { link: '../../usr/lib/sysimage/rpm' },
      '/usr/lib/sysimage/rpm/rpmdb.sqlite': { bytes: database, layer: 2 },
      '/usr/lib64/libcrypto.so.3': { layer: 1 },
    });
    expect(problems).toEqual([]);
    expect(components).toEqual([
      {
        purl: 'pkg:rpm/fedora/openssl-libs@3.2.1-2.fc40?arch=x86_64&distro=fedora-40&epoch=1&upstream=openssl-3.2.1-2.fc40.src.rpm',
        ecosystem: 'rpm',
        name: 'openssl-libs',
        version: '1:3.2.1-2.fc40',
        distribution: { id: 'fedora', release: '40' },
        source: { name: 'openssl', version: '1:3.2.1-2.fc40' },
        licenses: ['Apache-2.0'],
        locations: ['/usr/lib/sysimage/rpm/rpmdb.sqlite'],
        layer: 1,
      },
    ]);
  });

  it.each([
    ['/var/lib/rpm/rpmdb.sqlite', sqliteDatabase],
    ['/var/lib/rpm/Packages.db', ndbDatabase],
    ['/var/lib/rpm/Packages', berkeleyDatabase],
    ['/usr/share/rpm/rpmdb.sqlite', sqliteDatabase],
  ])('reads %s', async (path, build) => {
    const { components, problems } = await bom({ '/etc/os-release': fedora, [path]: build([rpmHeader(openssl)]) });
    expect(problems).toEqual([]);
    expect(components.map(({ name }) => name)).toEqual(['openssl-libs']);
  });

  it('reads what is in the log alone, even where the database is empty yet', async () => {
    const { database, log } = sqliteWithLog([], [rpmHeader(openssl)]);
    const read = (bytes: Uint8Array) =>
      bom({ '/var/lib/rpm/rpmdb.sqlite': bytes, '/var/lib/rpm/rpmdb.sqlite-wal': log });
    expect((await read(database)).components).toHaveLength(1);
  });

  it('leaves out keys, and tells the packages of others apart', async () => {
    const item = (name: string, vendor: string, more: Partial<FakeRpm> = {}) =>
      rpmHeader({ name, version: '1', release: '1', vendor, ...more });
    const { components } = await bom({
      '/etc/os-release': 'ID="rhel"\nVERSION_ID="9.4"\n',
      '/var/lib/rpm/rpmdb.sqlite': sqliteDatabase([
        item('gpg-pubkey', ''),
        item('bash', 'Red Hat, Inc.'),
        item('nodejs', 'Red Hat, Inc.', { module: 'nodejs:18:9040020240301:rhel9' }),
        item('htop', 'Fedora Project'),
      ]),
    });
    expect(components.map(({ purl, distribution }) => [purl, distribution?.release])).toEqual([
      ['pkg:rpm/htop@1-1?arch=x86_64&upstream=htop-1-1.src.rpm', undefined],
      ['pkg:rpm/redhat/bash@1-1?arch=x86_64&distro=rhel-9&upstream=bash-1-1.src.rpm', '9'],
      [
        'pkg:rpm/redhat/nodejs@1-1?arch=x86_64&distro=rhel-9&rpmmod=nodejs:18:9040020240301:rhel9&upstream=nodejs-1-1.src.rpm',
        '9',
      ],
    ]);
  });

  it('finds the epoch of a source package with a package of the same version', async () => {
    const source = 'perl-5.38.2-506.fc40.src.rpm';
    const { components } = await bom({
      '/etc/os-release': fedora,
      '/var/lib/rpm/rpmdb.sqlite': sqliteDatabase([
        rpmHeader({ name: 'perl-Errno', version: '1.37', release: '506.fc40', source }),
        rpmHeader({ name: 'perl-libs', version: '5.38.2', release: '506.fc40', epoch: 4, source }),
      ]),
    });
    expect(components.map(({ version, source }) => [version, source?.version])).toEqual([
      ['1.37-506.fc40', '4:5.38.2-506.fc40'],
      ['4:5.38.2-506.fc40', '4:5.38.2-506.fc40'],
    ]);
  });

  it('owns the packages of languages in its files', async () => {
    const manifest = '/usr/lib/node_modules/npm/package.json';
    const { components } = await bom({
      '/etc/os-release': fedora,
      '/var/lib/rpm/rpmdb.sqlite': sqliteDatabase([
        rpmHeader({ name: 'nodejs-npm', version: '10.5.0', release: '1.fc40', files: [manifest] }),
      ]),
      [manifest]: '{"name":"npm","version":"10.5.0"}',
    });
    expect(components.map(({ name, ownedBy }) => [name, ownedBy?.split('?')[0]])).toEqual([
      ['npm', 'pkg:rpm/fedora/nodejs-npm@10.5.0-1.fc40'],
      ['nodejs-npm', undefined],
    ]);
  });

  it('says what it could not read, and reads the rest', async () => {
    const { components, problems } = await bom({
      '/etc/os-release': fedora,
      '/var/lib/rpm/rpmdb.sqlite': sqliteDatabase([Buffer.from('no header'), rpmHeader(openssl)]),
      '/var/lib/rpm/Packages': berkeleyDatabase([]),
      '/usr/share/rpm/Packages.db': 'none',
    });
    expect(components.map(({ name }) => name)).toEqual(['openssl-libs']);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'catalog/rpm/second-database: /var/lib/rpm/Packages lies beside /var/lib/rpm/rpmdb.sqlite and was not read',
      'catalog/rpm/bad-header: Header 1 of /var/lib/rpm/rpmdb.sqlite is cut off',
      'catalog/rpm/bad-database: /usr/share/rpm/Packages.db is no ndb database',
    ]);
  });
});
