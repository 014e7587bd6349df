import { deflateSync } from 'node:zlib';
import { compileBillOfMaterials, parseBom, wantedFiles } from '../../../src/catalog/index.ts';
import { createExaminer } from '../../../src/catalog/java/java-examiner.ts';
import { elfWithSection } from '../../fakes/elf-builder.ts';
import { goBinary, oldGoBinary } from '../../fakes/go-binary.ts';
import { lockSeeds } from '../../fakes/lock-seeds.ts';
import { type MemoryFile, memoryContents } from '../../fakes/memory-contents.ts';
import { berkeleyDatabase, ndbDatabase, rpmHeader, sqliteDatabase } from '../../fakes/rpm-database.ts';
import { buildZip } from '../../fakes/zip-builder.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

interface CatalogFuzz {
  readonly name: string;
  /** Folder of src/catalog. */
  readonly folder: string;
  /** Where the fuzzed file lies. */
  readonly path: string;
  readonly seeds: FuzzTarget['seeds'];
  readonly words?: readonly string[];
  /** What lies beside it. */
  readonly beside?: Readonly<Record<string, MemoryFile>>;
}

const debian = { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\n' };
const alpine = { '/etc/os-release': 'ID=alpine\nVERSION_ID=3.19.1\n' };
const fedora = { '/etc/os-release': 'ID=fedora\nVERSION_ID=40\n' };
const { marks } = wantedFiles();

/** The file through the whole of catalog: a cataloger that throws loses its components, which must not happen. */
function catalogTarget({ name, folder, path, seeds, words, beside }: CatalogFuzz): FuzzTarget {
  return {
    name: `catalog/${name}`,
    covers: [`catalog/${folder}/`],
    seeds,
    ...(words ? { words } : {}),
    async run(bytes) {
      const contents = memoryContents({ ...beside, [path]: bytes }, { marks, examiners: [createExaminer()] });
      const signal = new AbortController().signal;
      const bom = await compileBillOfMaterials(contents, { kind: 'host', host: 'fuzz' }, signal);
      const failure = bom.problems.find(({ code }) => code === 'catalog/failed');
      if (failure) throw new FuzzFinding(failure.message);
      const liar = bom.components.find(({ purl, name: called }) => !purl.startsWith('pkg:') || called === '');
      if (liar) throw new FuzzFinding(`a component is named "${liar.name}" (${liar.purl})`);
      return { components: bom.components, problems: bom.problems.map(({ code }) => code) };
    },
  };
}

const rpm = rpmHeader({
  name: 'a',
  epoch: 1,
  version: '1',
  release: '2.fc40',
  source: 'a-1-2.src.rpm',
  files: ['/usr/bin/a'],
});
const goLines =
  'path\tacme.example/app\nmod\tacme.example/app\tv1.0.0\t\ndep\tgolang.org/x/net\tv0.17.0\th1:a=\n=>\tacme.example/net\tv0.1.0\th1:b=\n';
const audit = deflateSync(
  JSON.stringify({ packages: [{ name: 'cc', version: '1.0.79', source: 'crates.io', dependencies: [0] }] }),
);
const pom = { name: 'META-INF/maven/g/a/pom.properties', bytes: 'version=1.0\ngroupId=g\nartifactId=a\n' };
const jar = buildZip([
  { name: 'META-INF/MANIFEST.MF', bytes: 'Manifest-Version: 1.0\r\nImplementation-Title: a\r\n' },
  pom,
]);

const catalogFuzz: readonly CatalogFuzz[] = [
  {
    name: 'os-release',
    folder: 'os-release',
    path: '/etc/os-release',
    seeds: ['NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME=\'Debian \\"12\\"\'\n# x\nID_LIKE=a\n'],
    words: ['ID=', 'VERSION_ID=', 'ubuntu', '"', "'", '\\', '\n'],
    beside: { '/var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' },
  },
  {
    name: 'dpkg-status',
    folder: 'dpkg',
    path: '/var/lib/dpkg/status',
    seeds: [
      'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: glibc (2.36-9)\nVersion: 2.36-9+deb12u4\nDescription: C\n long\n .\n more\n\nPackage: b\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all\n',
    ],
    words: ['Package: ', 'Version: ', 'Source: ', 'Status: ', '\n\n', '\n .', ' ok installed', ':', '1:1.0~rc1-1'],
    beside: debian,
  },
  {
    name: 'dpkg-copyright',
    folder: 'dpkg',
    path: '/usr/share/doc/a/copyright',
    seeds: [
      'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: GPL-2+ or MIT\n text\n',
    ],
    words: ['License: ', 'Files: ', '\n\n', ' and ', ' with '],
    beside: {
      ...debian,
      '/var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n',
    },
  },
  {
    name: 'dpkg-list',
    folder: 'dpkg',
    path: '/var/lib/dpkg/info/a.list',
    seeds: ['/.\n/usr\n/usr/bin\n/usr/bin/a\n'],
    words: ['/', '\n', '/../', '//'],
    beside: {
      ...debian,
      '/var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n',
    },
  },
  {
    name: 'apk-database',
    folder: 'apk',
    path: '/lib/apk/db/installed',
    seeds: [
      'C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\n\nP:b\nV:1-r0\n',
    ],
    words: ['P:', 'V:', 'o:', 'F:', 'R:', 'L:', '\n\n', '-r0', '..'],
    beside: alpine,
  },
  ...(
    [
      ['sqlite', '/var/lib/rpm/rpmdb.sqlite', sqliteDatabase([rpm, rpm], 512)],
      ['ndb', '/var/lib/rpm/Packages.db', ndbDatabase([rpm])],
      ['berkeley', '/var/lib/rpm/Packages', berkeleyDatabase([rpm], false, 512)],
    ] as const
  ).map(([form, path, seed]) => ({ name: `rpm-${form}`, folder: 'rpm', path, seeds: [seed], beside: fedora })),
  {
    name: 'npm',
    folder: 'npm',
    path: '/app/node_modules/a/package.json',
    seeds: ['{"name":"@s/a","version":"1.2.3","license":"(MIT OR ISC)","licenses":[{"type":"MIT"}]}'],
    words: ['"name":', '"version":', '"license":', 'null', '[]', '{}', '@a/b'],
  },
  {
    name: 'python',
    folder: 'python',
    path: '/usr/lib/python3/dist-packages/a-1.dist-info/METADATA',
    seeds: [
      'Metadata-Version: 2.1\nName: A.b_c\nVersion: 1.0rc1\nLicense: MIT\nClassifier: License :: OSI Approved :: MIT License\n\nText',
    ],
    words: ['Name: ', 'Version: ', 'License-Expression: ', 'Classifier: License :: ', '\n ', '\n\n'],
  },
  {
    name: 'go',
    folder: 'go',
    path: '/app',
    seeds: [
      goBinary('go1.22.1', goLines),
      oldGoBinary('go1.17', goLines, 8, false),
      oldGoBinary('go1.17', goLines, 4, true),
    ],
    words: ['\xff Go buildinf:', 'dep\t', '=>\t', 'mod\t', '\t(devel)\t', '\n'],
  },
  {
    name: 'java',
    folder: 'java',
    path: '/app/a.jar',
    seeds: [jar, buildZip([{ name: 'BOOT-INF/lib/b-1.2.jar', bytes: jar }, pom])],
    words: ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'META-INF/MANIFEST.MF', 'Bundle-Version: '],
  },
  {
    name: 'ruby',
    folder: 'ruby',
    path: '/usr/lib/ruby/gems/3.1.0/specifications/a-1.0.gemspec',
    seeds: [
      'Gem::Specification.new do |s|\n  s.name = "a".freeze\n  s.version = "1.0"\n  s.licenses = ["MIT".freeze, "Ruby"]\nend\n',
    ],
    words: ['s.name = ', 's.version = ', '.freeze', 'Gem::Version.new("', '"', '\\'],
  },
  {
    name: 'rust',
    folder: 'rust',
    path: '/usr/bin/tool',
    seeds: [elfWithSection('.dep-v0', audit), elfWithSection('.dep-v0', audit, false)],
    words: ['.dep-v0', '\x7fELF'],
  },
  {
    name: 'php',
    folder: 'php',
    path: '/app/vendor/composer/installed.json',
    seeds: [
      '{"packages":[{"name":"a/b","version":"v1.0.0","version_normalized":"1.0.0.0","license":["MIT"]}],"dev":true}',
      '[{"name":"a/b","version":"1"}]',
    ],
    words: ['"name":', '"version":', '"packages":', 'dev-main', '[]', 'null'],
  },
  {
    name: 'dotnet',
    folder: 'dotnet',
    path: '/app/a.deps.json',
    seeds: [
      '{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0"},"libraries":{"A/1.0.0":{"type":"project"},"B.C/2.1.0-rc.1":{"type":"package","serviceable":true}}}',
    ],
    words: ['"libraries":', '"type":', '"package"', '/1.0.0"', '{}', 'null'],
  },
  {
    name: 'runtimes',
    folder: 'runtimes',
    path: '/usr/local/bin/redis-server',
    seeds: [Buffer.from(`\x7fELF\x02\x01\x01${'\0'.repeat(57)}\x003.2.10\0err\x007.2.4\0c11-builtin\0`, 'latin1')],
    words: ['c11-builtin', '\x007.2.4\0', 'nginx version: nginx/1.25.3'],
  },
  {
    name: 'java-release',
    folder: 'runtimes',
    path: '/opt/java/openjdk/release',
    seeds: ['IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="17.0.9"\nJAVA_RUNTIME_VERSION="17.0.9+9"\n'],
    words: ['JAVA_VERSION=', '"', '\n'],
    beside: { '/opt/java/openjdk/bin/java': Buffer.from('\x7fELF') },
  },
  {
    name: 'sbom',
    folder: 'sbom',
    path: '/usr/share/sbom/a.cdx.json',
    seeds: [
      '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","components":[]}]}',
      '{"spdxVersion":"SPDX-2.3","packages":[{"name":"b","versionInfo":"2","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:pypi/b@2"}]}]}',
    ],
    words: ['"purl":', 'pkg:deb/debian/a@1?distro=debian-12', '"components":', '"packages":', 'pkg:', '%2F', '?', '#'],
  },
  ...[...Map.groupBy(lockSeeds, ({ name }) => name)].map(([name, seeds]) => ({
    name: `lock-files-${name}`,
    folder: 'lock-files',
    path: `/app/${name}`,
    seeds: seeds.map(({ text }) => text),
    words: [
      '\n',
      '  ',
      '"version"',
      '[[package]]',
      'version = ',
      '==1.0',
      ' (1.0)',
      'require ',
      ' => ',
      '&a',
      '*a',
      '(',
      '@',
    ],
  })),
];

export const catalogTargets: readonly FuzzTarget[] = catalogFuzz.map(catalogTarget);

/** A bill that was made elsewhere: its components must be such as can be judged. */
export const bomTarget: FuzzTarget = {
  name: 'catalog/bom',
  covers: ['catalog/cyclonedx/', 'catalog/spdx/'],
  seeds: [
    '{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"name":"x"}},"components":[{"type":"operating-system","name":"debian","version":"12.4"},{"type":"library","name":"libc6","version":"2.36","purl":"pkg:deb/debian/libc6@2.36?distro=debian-12.4&epoch=1","licenses":[{"license":{"id":"MIT"}}],"properties":[{"name":"aquasecurity:trivy:SrcName","value":"glibc"},{"name":"aquasecurity:trivy:SrcVersion","value":"2.36"}]}]}',
    '{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","documentDescribes":["SPDXRef-a"],"packages":[{"SPDXID":"SPDXRef-a","name":"x"},{"name":"bash","sourceInfo":"built package from: bash 5.1","licenseDeclared":"MIT","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:rpm/redhat/bash@5.1-2.el9?distro=rhel-9.3&upstream=bash-5.1-2.el9.src.rpm"}]}]}',
  ],
  words: [
    '"purl":',
    '"pkg:',
    '?distro=',
    '&epoch=',
    '&upstream=',
    '"components":',
    '"packages":',
    'alpine-3.19.1',
    '%2F',
    '@',
  ],
  run(bytes) {
    const bom = parseBom(Buffer.from(bytes).toString());
    if ('reason' in bom) return bom.reason.replace(/\d+/g, '');
    const odd = bom.components.find(({ purl, name, version }) => !purl.startsWith('pkg:') || !name || !version);
    if (odd) throw new FuzzFinding(`a component is called "${odd.purl}"`);
    return bom;
  },
};
