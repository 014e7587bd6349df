import { describe, expect, it } from 'vitest';
import { goBinary } from '../../test/fakes/go-binary.ts';
import { type MemoryFile, memoryContents } from '../../test/fakes/memory-contents.ts';
import { isArchive, isProgram } from './classify-file.ts';
import { compileBillOfMaterials, wantedFiles } from './index.ts';

const program = (size = 10): MemoryFile => ({ bytes: 'x'.repeat(size), mode: 0o755 });

async function account(files: Readonly<Record<string, MemoryFile>>) {
  const contents = memoryContents(files, { marks: wantedFiles().marks });
  const signal = new AbortController().signal;
  const { unexplained, problems } = await compileBillOfMaterials(contents, { kind: 'host', host: 'test' }, signal);
  expect(problems).toEqual([]);
  return unexplained;
}
const unowned = async (files: Readonly<Record<string, MemoryFile>>) =>
  (await account(files)).unowned.largest.map(({ path }) => path).sort();

const debian = (name: string, extra = '') => ({
  '/etc/os-release': 'ID=debian\nVERSION_ID=12\n',
  '/var/lib/dpkg/status': `Package: ${name}\nStatus: install ok installed\nVersion: 1-1\n${extra}`,
});

describe('isProgram', () => {
  it.each([
    ['/bin/x', 0o755, true],
    ['/bin/x', 0o601, true],
    ['/etc/passwd', 0o644, false],
    ['/lib/libc.so', 0o644, true],
    ['/lib/libssl.so.1.1', 0o644, true],
    ['/lib/libssl.so.conf', 0o644, false],
    ['/app/A.DLL', 0o644, true],
    ['/app/a.jar', 0o644, true],
    ['/app/node', 0o644, false],
    ['/app.so/readme', 0o644, false],
    ['/app/script.py', 0o644, false],
  ])('%s with mode %o: %s', (path, mode, answer) => expect(isProgram({ path, mode })).toBe(answer));
});

describe('isArchive', () => {
  it.each([
    ['/a.tar', true],
    ['/a.tar.gz', true],
    ['/a.TGZ', true],
    ['/a.zip', true],
    ['/initrd.img', true],
    ['/a.img.xz', true],
    ['/changelog.gz', false],
    ['/tar', false],
    ['/a.tar/readme', false],
    ['/a.jar', false],
  ])('%s: %s', (path, answer) => expect(isArchive(path)).toBe(answer));
});

describe('what components brought', () => {
  it('is told apart from what nobody did, the largest first', async () => {
    const found = await account({
      ...debian('a'),
      '/bin': { link: 'usr/bin' },
      '/var/lib/dpkg/info/a.list': '/.\n/bin/a\n/usr/share/a.zip\n',
      '/var/lib/dpkg/info/a.postinst': program(),
      '/var/lib/dpkg/info/b.postinst': program(7),
      '/usr/bin/a': program(100),
      '/usr/bin/small': program(1),
      '/usr/bin/large': { bytes: 'x'.repeat(50), mode: 0o755, layer: 2 },
      '/usr/bin/empty': program(0),
      '/usr/share/a.zip': 'owned',
      '/srv/b.zip': 'opaque',
    });
    expect(found).toEqual({
      programs: { files: 5, bytes: 168 },
      unowned: {
        files: 3,
        bytes: 58,
        largest: [
          { path: '/usr/bin/large', size: 50, layer: 2 },
          { path: '/var/lib/dpkg/info/b.postinst', size: 7, layer: 0 },
          { path: '/usr/bin/small', size: 1, layer: 0 },
        ],
      },
      archives: { files: 1, bytes: 6, largest: [{ path: '/srv/b.zip', size: 6, layer: 0 }] },
      records: [],
    });
  });

  it('lists twenty and counts all', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`/bin/${index}`, program(index + 1)]));
    const { unowned } = await account(files);
    expect([unowned.files, unowned.bytes, unowned.largest.length, unowned.largest[0]?.size]).toEqual([30, 465, 20, 30]);
  });

  it('counts packages of others, whose other components count by themselves', async () => {
    const files = { ...debian('a', 'Vendor: Acme\n'), '/var/lib/dpkg/info/a.list': '/opt/a\n', '/opt/a': program() };
    expect(await unowned({ ...files, '/opt/b': program() })).toEqual(['/opt/b']);
  });

  it('apk: the files of packages, and the archive of their scripts', async () => {
    const found = await account({
      '/lib/apk/db/installed': 'P:a\nV:1-r0\nA:x86_64\nF:bin\nR:a\n\n',
      '/lib/apk/db/scripts.tar': 'x',
      '/bin/a': program(),
      '/bin/b': program(),
    });
    expect([found.unowned.largest[0]?.path, found.unowned.files, found.archives.files]).toEqual(['/bin/b', 1, 0]);
  });

  it.each<[string, Readonly<Record<string, MemoryFile>>, readonly string[]]>([
    [
      'npm: the directory of a package',
      {
        '/app/node_modules/a/package.json': '{"name":"a","version":"1.0.0"}',
        '/app/node_modules/a/bin/a.node': 'x',
        '/app/node_modules/.bin/b': program(),
        '/app/node_modules/ab': program(),
      },
      ['/app/node_modules/.bin/b', '/app/node_modules/ab'],
    ],
    [
      'Python: what its RECORD lists',
      {
        '/venv/lib/site/six-1.dist-info/METADATA': 'Name: six\nVersion: 1\n',
        '/venv/lib/site/six-1.dist-info/RECORD':
          '_six.so,sha256=x,10\r\n../../bin/six,,\n"a,""b"".so",,\n../../../../../../../escape,,\n\n',
        '/venv/lib/site/_six.so': 'x',
        '/venv/lib/site/a,"b".so': 'x',
        '/venv/lib/site/other.so': 'x',
        '/venv/bin/six': program(),
        '/escape': program(),
        '/venv/lib/site/lonely-1.dist-info/RECORD': 'other.so,,\n',
      },
      ['/venv/lib/site/other.so'],
    ],
    [
      'Ruby: the directory of a gem',
      {
        '/gems/specifications/a-1.0.gemspec':
          'Gem::Specification.new do |s|\n  s.name = "a".freeze\n  s.version = "1.0"\nend\n',
        '/gems/gems/a-1.0/a.so': 'x',
        '/gems/gems/b-1.0/b.so': 'x',
      },
      ['/gems/gems/b-1.0/b.so'],
    ],
    [
      'PHP: the directory of a package',
      {
        '/app/vendor/composer/installed.json': '{"packages":[{"name":"acme/a","version":"1.0.0"}]}',
        '/app/vendor/acme/a/bin/a': program(),
        '/app/vendor/acme/b/bin/b': program(),
      },
      ['/app/vendor/acme/b/bin/b'],
    ],
    [
      '.NET: the assets of a package',
      {
        '/app/a.deps.json': JSON.stringify({
          runtimeTarget: { name: 't' },
          targets: {
            t: {
              'A/1.0.0': {
                runtime: { 'lib/net8.0/A.dll': {} },
                resources: { 'lib/net8.0/de/A.resources.dll': {} },
                runtimeTargets: { 'runtimes/linux/native/a.so': {} },
              },
            },
          },
          libraries: { 'A/1.0.0': { type: 'package' } },
        }),
        '/app/A.dll': 'x',
        '/app/de/A.resources.dll': 'x',
        '/app/runtimes/linux/native/a.so': 'x',
        '/app/B.dll': 'x',
      },
      ['/app/B.dll'],
    ],
    [
      'Go: the program itself',
      {
        '/app': { bytes: goBinary('go1.22.3', 'mod\texample.com/d\tv1.0.0\t\n'), mode: 0o755 },
        '/static': program(),
      },
      ['/static'],
    ],
    [
      'Java: a directory of its own, and none that others share',
      {
        '/opt/java/release': 'JAVA_VERSION="21.0.2"\n',
        '/opt/java/bin/java': program(),
        '/opt/java/lib/libjvm.so': 'x',
        '/usr/release': 'JAVA_VERSION="21.0.2"\n',
        '/usr/bin/java': program(),
      },
      ['/usr/bin/java'],
    ],
    [
      'a claim brings nothing',
      {
        '/app/bom.json': {
          bytes:
            '{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"a","version":"1","purl":"pkg:npm/a@1"}]}',
          mode: 0o755,
        },
      },
      ['/app/bom.json'],
    ],
  ])('%s', async (_, files, left) => {
    expect(await unowned(files)).toEqual(left);
  });
});
