import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { catalogExaminers, compileBillOfMaterials, wantedFiles } from '../../src/catalog/index.ts';
import { createImageReader } from '../../src/image/index.ts';
import { type BillOfMaterials, defaultReadLimits, platformOfNode } from '../../src/model/index.ts';
import { installDebianPackages, layMergedUsr } from '../engines/debian-tree.ts';
import { describeWith } from '../engines/index.ts';
import { makeScratch } from '../engines/scratch.ts';
import { berkeleyDatabase, rpmHeader } from '../fakes/rpm-database.ts';

/** Package databases and archives that other tools than ours have made, or can read. */

const scratch = makeScratch('packages');
afterAll(() => scratch.remove());

async function bomOf(root: string): Promise<BillOfMaterials> {
  const signal = new AbortController().signal;
  const asked = { wanted: wantedFiles(), examiners: catalogExaminers() };
  const options = { platform: platformOfNode(process.arch), ...asked, limits: defaultReadLimits, signal };
  const contents = await createImageReader()({ kind: 'rootfs', path: root }, options);
  try {
    return await compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, signal);
  } finally {
    await contents.close();
  }
}

const specification = `Name: hello
Epoch: 2
Version: 1.4~rc1
Release: 3.fc40
Summary: test
License: MIT AND Apache-2.0
Vendor: Fedora Project
BuildArch: noarch
%description
test
%package libs
Version: 7
Summary: test
%description libs
test
%install
mkdir -p %{buildroot}/usr/share/hello %{buildroot}/usr/bin
touch %{buildroot}/usr/bin/hello
for i in $(seq 500); do touch %{buildroot}/usr/share/hello/a-long-name-of-file-$i; done
%files
/usr/bin/hello
%files libs
/usr/share/hello
`;

const format = '%{name} %|epoch?{%{epoch}:}|%{version}-%{release} %{arch} %{sourcerpm}\\n';

/** What rpm says is in a database, in the words of our components. */
function askRpm(database: string, ...options: readonly string[]): string[] {
  const query = ['--dbpath', database, ...options, '-qa', '--qf', format];
  return execFileSync('rpm', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trim()
    .split('\n')
    .sort();
}

function inWordsOfRpm({ components }: BillOfMaterials): string[] {
  return components
    .map(({ name, version, purl }) => {
      const qualifiers = new URLSearchParams(purl.split('?')[1]);
      return `${name} ${version} ${qualifiers.get('arch')} ${qualifiers.get('upstream')}`;
    })
    .sort();
}

describeWith(['rpm'], 'rpm against rpm itself', () => {
  it('reads the SQLite database that rpm makes', async () => {
    const root = join(scratch.path, 'sqlite');
    const database = join(root, 'var/lib/rpm');
    mkdirSync(database, { recursive: true });
    writeFileSync(join(root, 'hello.spec'), specification);
    const topdir = ['--define', `_topdir ${join(root, 'build')}`];
    execFileSync('rpmbuild', [...topdir, '-bb', join(root, 'hello.spec')], { stdio: 'pipe' });
    const packages = ['hello', 'hello-libs'].map((name) =>
      join(root, `build/RPMS/noarch/${name}-${name === 'hello' ? '1.4~rc1' : '7'}-3.fc40.noarch.rpm`),
    );
    execFileSync('rpm', ['--dbpath', database, '--justdb', '--nodeps', '--noscripts', '-i', ...packages], {
      stdio: 'pipe',
    });
    const bom = await bomOf(root);
    expect(bom.problems).toEqual([]);
    expect(inWordsOfRpm(bom)).toEqual(askRpm(database));
    expect(bom.components.map(({ source }) => source?.version)).toEqual(['2:1.4~rc1-3.fc40', '2:1.4~rc1-3.fc40']);
  });

  it.each([
    ['little', false],
    ['big', true],
  ])('reads %s-endian Berkeley databases as rpm does', async (order, bigEndian) => {
    const root = join(scratch.path, order);
    const database = join(root, 'var/lib/rpm');
    mkdirSync(database, { recursive: true });
    const headers = Array.from({ length: 100 }, (_, i) => {
      const files = Array.from({ length: i * 5 }, (_, file) => `/usr/share/p${i}/${file}`);
      return rpmHeader({ name: `p${i}`, version: `1.${i}`, release: '1', ...(i % 3 ? { epoch: i % 3 } : {}), files });
    });
    writeFileSync(join(database, 'Packages'), berkeleyDatabase(headers, bigEndian));
    const bom = await bomOf(root);
    expect(bom.problems).toEqual([]);
    expect(bom.components).toHaveLength(100);
    expect(inWordsOfRpm(bom)).toEqual(askRpm(database, '--define', '_db_backend bdb_ro'));
  });
});

describeWith(['debian'], 'java in packages of Debian', () => {
  it('knows the archives by the word of Maven, and leaves them to the packages that own them', async () => {
    const root = join(scratch.path, 'java');
    layMergedUsr(root);
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID=12\n');
    installDebianPackages(root, ['libcommons-io-java', 'liblog4j2-java', 'liblog4j1.2-java']);
    const { components, problems } = await bomOf(root);
    expect(problems).toEqual([]);
    const found = components
      .filter(({ ecosystem }) => ecosystem === 'maven')
      .map(({ name, ownedBy, evidence }) => [
        name,
        /deb\/debian\/([^@]+)/.exec(ownedBy ?? '')?.[1],
        evidence?.confidence,
      ]);
    expect(found).toContainEqual(['commons-io:commons-io', 'libcommons-io-java', undefined]);
    expect(found).toContainEqual(['org.apache.logging.log4j:log4j-core', 'liblog4j2-java', undefined]);
    expect(found).toContainEqual(['log4j:log4j', 'liblog4j1.2-java', 'guess']);
    expect(found.every(([, owner]) => owner !== undefined)).toBe(true);
  });
});
