import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryContents } from '../../test/fakes/memory-contents.ts';
import { berkeleyDatabase, ndbDatabase, rpmHeader, sqliteDatabase } from '../../test/fakes/rpm-database.ts';
import { compileBillOfMaterials } from './index.ts';

const dpkg = '/var/lib/dpkg/status';
const apk = '/lib/apk/db/installed';
const status = (count: number) =>
  Array.from({ length: count }, (_, i) => `Package: p${i}\nStatus: install ok installed\nVersion: 1-1\n`).join('\n');
const installed = (count: number) => Array.from({ length: count }, (_, i) => `P:p${i}\nV:1-r0\nA:x\n`).join('\n');

async function records(
  files: Readonly<Record<string, MemoryFile>>,
  hidden: Readonly<Record<string, readonly (string | Uint8Array)[]>>,
) {
  const contents = memoryContents(files, { hidden, layers: 4 });
  const signal = new AbortController().signal;
  const { unexplained } = await compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, signal);
  return unexplained.records.map(({ kind, path, layer, detail }) => [kind, path, layer, detail]);
}

describe('a package database', () => {
  it.each<[string, Readonly<Record<string, MemoryFile>>, Readonly<Record<string, readonly string[]>>]>([
    ['that a layer wrote anew with more', { [dpkg]: status(9) }, { [dpkg]: [status(5)] }],
    ['that lost a few', { [dpkg]: status(5) }, { [dpkg]: [status(9)] }],
    ['that lost what a build had brought', { [dpkg]: status(5) }, { [dpkg]: [status(5), status(90)] }],
    ['that was empty', {}, { [dpkg]: [''] }],
    ['without a package', {}, { [dpkg]: ['\n'] }],
    ['that moved', { '/usr/lib/apk/db/installed': installed(5) }, { [apk]: [installed(5)] }],
    ['of a distroless image', { '/var/lib/dpkg/status.d/a': 'Package: a\nVersion: 1\n' }, {}],
    ['that nobody had', {}, {}],
  ])('%s is as it should be', async (_, files, hidden) => {
    expect(await records(files, hidden)).toEqual([]);
  });

  it('was removed', async () => {
    expect(await records({}, { [dpkg]: [status(3), status(7)] })).toEqual([
      ['package-database-removed', dpkg, 2, '7 packages in layer 2; layer 3 took it away, and no package is known now'],
    ]);
    expect(await records({}, { [apk]: [installed(2)] })).toMatchObject([
      ['package-database-removed', apk, 1, expect.stringContaining('2 packages')],
    ]);
    expect(await records({}, { '/var/lib/rpm/rpmdb.sqlite': ['bytes'] })).toMatchObject([
      ['package-database-removed', '/var/lib/rpm/rpmdb.sqlite', 1, expect.stringContaining('a database in layer 1')],
    ]);
  });

  it('was replaced by one that says far less, at whatever time it said more', async () => {
    expect(await records({ [dpkg]: status(2) }, { [dpkg]: [status(5), status(90)] })).toEqual([
      ['package-database-replaced', dpkg, 2, '90 packages in layer 2; now 2 packages'],
    ]);
    expect(await records({ [dpkg]: '\n' }, { [dpkg]: [status(5)] })).toMatchObject([
      ['package-database-replaced', dpkg, 1, '5 packages in layer 1; now 0 packages'],
    ]);
  });

  it('of rpm is counted in each of its forms', async () => {
    const headers = Array.from({ length: 9 }, (_, at) => rpmHeader({ name: `p${at}`, version: '1', release: '1' }));
    const forms = { 'rpmdb.sqlite': sqliteDatabase, 'Packages.db': ndbDatabase, Packages: berkeleyDatabase };
    for (const [name, build] of Object.entries(forms)) {
      const path = `/var/lib/rpm/${name}`;
      expect(await records({ [path]: build(headers.slice(0, 8)) }, { [path]: [build(headers)] })).toEqual([]);
      expect(await records({ [path]: build(headers.slice(0, 2)) }, { [path]: [build(headers)] })).toEqual([
        ['package-database-replaced', path, 1, '9 packages in layer 1; now 2 packages'],
      ]);
    }
  });

  it('of a file for each package lost some of them', async () => {
    const record = (name: string) => `Package: ${name}\nVersion: 1\n`;
    const directory = '/var/lib/dpkg/status.d';
    const files = { [`${directory}/base`]: record('base'), [`${directory}/tzdata`]: record('tzdata') };
    const hidden = {
      [`${directory}/tzdata`]: [record('tzdata')],
      [`${directory}/openssl`]: [record('openssl')],
      [`${directory}/openssl.md5sums`]: ['0123  usr/lib/libssl.so.3\n'],
    };
    expect(await records(files, hidden)).toEqual([
      ['package-database-removed', directory, 1, '1 package (openssl); layer 2 took away what says so'],
    ]);
  });

  it('was replaced by a symlink', async () => {
    const files = { [dpkg]: { link: '/opt/status' }, '/opt/status': status(5) };
    expect(await records(files, { [dpkg]: [status(5)] })).toEqual([
      [
        'package-database-replaced',
        dpkg,
        1,
        '5 packages in layer 1; now a symlink to /opt/status, by which 5 packages are known',
      ],
    ]);
    expect(await records({ [dpkg]: { link: '/dev/null' } }, { [dpkg]: [status(5)] })).toHaveLength(1);
  });
});

describe('the distribution', () => {
  const path = '/etc/os-release';
  it.each([
    ['ID=alpine\nVERSION_ID=3.19.1', 'ID=alpine\nVERSION_ID=3.19.0', undefined],
    ['ID=debian\nVERSION_ID=12', 'ID=debian\nVERSION_ID=11', 'debian 11 in layer 1, now debian 12'],
    ['ID=debian\nVERSION_ID=12', 'ID=ubuntu\nVERSION_ID=12', 'ubuntu 12 in layer 1, now debian 12'],
    ['NAME=x', 'ID=alpine\nVERSION_ID=3.19.1', 'alpine v3.19 in layer 1, now no distribution'],
    ['ID=debian\nVERSION_ID=12', 'nothing', undefined],
  ])('%j after %j: %s', async (now, before, detail) => {
    const changed = await records({ [path]: now }, { [path]: [before] });
    expect(changed).toEqual(detail === undefined ? [] : [['distribution-changed', path, 1, detail]]);
  });

  it('is told once, as it was last', async () => {
    const now = { [path]: 'ID=c' };
    expect(await records(now, { [path]: ['ID=a', 'ID=b'], '/usr/lib/os-release': ['ID=c'] })).toEqual([
      ['distribution-changed', path, 2, 'b unknown in layer 2, now c unknown'],
    ]);
  });
});
