import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goBinary } from '../../test/fakes/go-binary.ts';
import { memoryContents } from '../../test/fakes/memory-contents.ts';
import type { Cataloger, InstalledComponent, Subject } from '../model/index.ts';
import { catalogers, compileBillOfMaterials, wantedFiles, writeCycloneDx } from './index.ts';
import { compileWantedIndex } from './wanted-index.ts';

const subject: Subject = { kind: 'host', host: 'test' };
const signal = new AbortController().signal;

function component(name: string, over: Partial<InstalledComponent> = {}): InstalledComponent {
  const purl = `pkg:npm/${name}@1`;
  return { purl, ecosystem: 'npm', name, version: '1', licenses: [], locations: ['/x'], layer: 0, ...over };
}

function cataloger(id: string, catalog: Cataloger['catalog'], wants: readonly string[] = []): Cataloger {
  return { id, version: 7, wants, catalog };
}

describe('catalogers', () => {
  it('has each folder of this room that holds one', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isDirectory() &&
          readdirSync(`${import.meta.dirname}/${entry.name}`).includes(`${entry.name}-cataloger.ts`),
      )
      .map((entry) => entry.name);
    expect(folders.length).toBeGreaterThanOrEqual(5);
    expect(catalogers.map(({ id }) => id).sort()).toEqual(folders.sort());
  });

  it('asks for files by patterns that exist', () => {
    const { patterns, marks } = wantedFiles();
    expect(patterns).toContain('/etc/os-release');
    expect(marks.map(({ id }) => id)).toContain('go-build-info');
    expect(marks.filter(({ names }) => !names).length).toBeLessThan(6);
    expect(() =>
      compileWantedIndex(
        patterns.filter((pattern) => !/^\/[^*]+$/.test(pattern)).map((pattern) => ({ pattern, owner: 1 })),
      ),
    ).not.toThrow();
  });

  it('has a page in the reference for each', () => {
    const pages = readdirSync(new URL('../../docs/reference/ecosystems', import.meta.url));
    expect(pages).toEqual(expect.arrayContaining(catalogers.map(({ id }) => `${id}.md`)));
  });
});

describe('compileBillOfMaterials', () => {
  it('goes on where a cataloger throws, and says which', async () => {
    const contents = memoryContents({}, { problems: [{ code: 'image/truncated-layer', message: 'cut' }] });
    const bom = await compileBillOfMaterials(contents, subject, signal, {
      catalogers: [
        cataloger('bad', async () => Promise.reject(new Error('my own fault'))),
        cataloger('good', async () => ({ components: [component('b'), component('a')], problems: [] })),
      ],
    });
    expect(bom.components.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(bom.catalogers).toEqual(['bad@7', 'good@7']);
    expect(bom.problems.map(({ code }) => code)).toEqual(['image/truncated-layer', 'catalog/failed']);
    expect(bom.problems[1]?.message).toContain('The bad cataloger failed');
  });

  it('carries problems that arise while files are read', async () => {
    const problems = [{ code: 'a', message: 'before' }];
    const contents = memoryContents({}, { problems });
    const bom = await compileBillOfMaterials(contents, subject, signal, {
      catalogers: [
        cataloger('reader', async () => {
          problems.push({ code: 'b', message: 'meanwhile' });
          return { components: [], problems: [] };
        }),
      ],
    });
    expect(bom.problems.map(({ code }) => code)).toEqual(['a', 'b']);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(compileBillOfMaterials(memoryContents({}), subject, controller.signal)).rejects.toThrow('enough');
  });

  it('hands each cataloger its files, links to wanted paths too', async () => {
    const seen: string[][] = [];
    const record: Cataloger['catalog'] = async ({ files }) => {
      seen.push(files.map(({ path }) => path));
      return { components: [], problems: [] };
    };
    const contents = memoryContents({
      '/a/package.json': 'x',
      '/b/package.json': { link: '../a/package.json' },
      '/etc/db': { link: '../real/db' },
      '/real/db': 'x',
      '/etc/dangling': { link: 'nowhere' },
      '/package.json': { type: 'directory' },
      '/var': { link: 'real' },
    });
    await compileBillOfMaterials(contents, subject, signal, {
      catalogers: [
        cataloger('json', record, ['**/package.json']),
        cataloger('db', record, ['/etc/db', '/etc/dangling', '/var/db', '/real/db']),
        cataloger('none', record),
      ],
    });
    expect(seen).toEqual([['/a/package.json'], ['/real/db'], []]);
  });

  it('finds a database that was moved and linked to', async () => {
    const bom = await compileBillOfMaterials(
      memoryContents({
        '/var/lib/dpkg': { link: '/opt/dpkg' },
        '/opt/dpkg/status': 'Package: a\nVersion: 1\n',
        '/lib/apk/db/installed': { link: '/opt/installed' },
        '/opt/installed': 'P:b\nV:1\n',
      }),
      subject,
      signal,
    );
    expect(bom.components.map(({ name, locations }) => [name, locations])).toEqual([
      ['b', ['/lib/apk/db/installed']],
      ['a', ['/var/lib/dpkg/status']],
    ]);
  });

  it('takes any bytes in any file that it reads', async () => {
    const paths = [
      ...[
        '/etc/os-release',
        '/etc/alpine-release',
        '/etc/debian_version',
        '/var/lib/dpkg/status',
        '/var/lib/dpkg/status.d/a',
      ],
      ...['/var/lib/dpkg/status.d/a.md5sums', '/var/lib/dpkg/info/a.list', '/usr/share/doc/a/copyright'],
      ...['/lib/apk/db/installed', '/a/node_modules/b/package.json', '/a.dist-info/METADATA', '/a.egg-info', '/bin/go'],
    ];
    const opening = fc.constantFrom(
      '',
      'Package: a\nVersion: 1\n',
      'P:a\nV:1\n',
      'ID=debian\n',
      '{"name":"b"',
      'Name: a\n',
      '\x7fELF\xff Go buildinf:',
    );
    const file = fc
      .tuple(opening, fc.uint8Array({ maxLength: 60 }))
      .map(([start, rest]) => Buffer.concat([Buffer.from(start, 'latin1'), rest]));
    const files = fc.dictionary(fc.constantFrom(...paths), file, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(files, async (any) => {
        const bom = await compileBillOfMaterials(memoryContents(any, { marks: wantedFiles().marks }), subject, signal);
        expect(bom.problems.filter(({ code }) => code === 'catalog/failed')).toEqual([]);
        expect(() => writeCycloneDx(bom, { at: 0, version: '1' })).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });

  it('joins what is found more than once', async () => {
    const found = [
      component('a', { locations: ['/2'], layer: 2, licenses: ['MIT'] }),
      component('a', { locations: ['/1'], layer: 1, licenses: ['ISC', 'MIT'] }),
    ];
    const bom = await compileBillOfMaterials(memoryContents({}), subject, signal, {
      catalogers: [cataloger('x', async () => ({ components: found, problems: [] }))],
    });
    expect(bom.components).toEqual([component('a', { locations: ['/1', '/2'], layer: 1, licenses: ['ISC', 'MIT'] })]);
  });
});

describe('evidence', () => {
  const declared = { kind: 'declared', confidence: 'certain' } as const;
  const claimed = { kind: 'claimed', confidence: 'likely' } as const;
  const join = async (...found: InstalledComponent[]) => {
    const one = cataloger('x', async () => ({ components: found, problems: [] }));
    return (await compileBillOfMaterials(memoryContents({}), subject, signal, { catalogers: [one] })).components;
  };

  it('counts what is installed as installed alone', async () => {
    const [installed, lock] = [component('a', { locations: ['/a'] }), component('a', { evidence: declared })];
    expect(await join(lock, installed)).toEqual([installed]);
    expect(await join(component('a', { evidence: claimed }), lock)).toEqual([lock]);
  });

  it('lets a claim go that leaves out what build it speaks of', async () => {
    const installed = component('a', { purl: 'pkg:deb/debian/a@1?arch=amd64&distro=debian-12' });
    expect(await join(installed, component('a', { purl: 'pkg:deb/debian/a@1', evidence: claimed }))).toEqual([
      installed,
    ]);
  });

  it('is as sure of what several files witness as the best of them', async () => {
    const guess = { kind: 'installed', confidence: 'guess', note: 'file name' } as const;
    const [only] = await join(component('a', { evidence: guess, locations: ['/1'] }), component('a'));
    expect(only).toEqual({ ...component('a'), locations: ['/1', '/x'] });
  });
});

describe('file ownership', () => {
  const python = (name: string) => `Name: ${name}\nVersion: 1.0\n`;
  const packages =
    'Package: python3-six\nStatus: install ok installed\nVersion: 1-1\n\nPackage: docker.io\nStatus: install ok installed\nVersion: 2-1\n';

  it('counts what a package of the distribution owns through that package alone', async () => {
    const bom = await compileBillOfMaterials(
      memoryContents(
        {
          '/etc/os-release': 'ID=debian\nVERSION_ID=12\n',
          '/bin': { link: 'usr/bin' },
          '/lib': { link: 'usr/lib' },
          '/usr/lib/x': 'x',
          '/var/lib/dpkg/status': packages,
          '/var/lib/dpkg/info/python3-six.list': '/lib/python3/six-1.egg-info\n/usr/lib/python3/both-1.egg-info\n',
          '/var/lib/dpkg/info/docker.io.list': '/.\n/bin/dockerd\n',
          '/usr/lib/python3/six-1.egg-info': python('six'),
          '/usr/lib/python3/both-1.egg-info': python('both'),
          '/venv/both-1.egg-info': python('both'),
          '/venv/own-1.egg-info': python('own'),
          '/usr/bin/dockerd': goBinary('go1.22.3', 'mod\texample.com/d\tv1.0.0\t\n'),
        },
        { marks: wantedFiles().marks },
      ),
      subject,
      signal,
    );
    expect(bom.problems).toEqual([]);
    expect(bom.components.map(({ name, ownedBy }) => [name, ownedBy])).toEqual([
      ['docker.io', undefined],
      ['python3-six', undefined],
      ['example.com/d', 'pkg:deb/debian/docker.io@2-1?distro=debian-12'],
      ['stdlib', 'pkg:deb/debian/docker.io@2-1?distro=debian-12'],
      ['both', undefined],
      ['own', undefined],
      ['six', 'pkg:deb/debian/python3-six@1-1?distro=debian-12'],
    ]);
  });

  it('lets what others publish as packages count by itself', async () => {
    const bom = await compileBillOfMaterials(
      memoryContents({
        '/var/lib/dpkg/status': 'Package: six\nStatus: install ok installed\nVersion: 1-1\nVendor: Acme\n',
        '/var/lib/dpkg/info/six.list': '/usr/lib/six-1.egg-info\n',
        '/usr/lib/six-1.egg-info': python('six'),
      }),
      subject,
      signal,
    );
    expect(bom.components.map(({ ownedBy }) => ownedBy)).toEqual([undefined, undefined]);
  });
});
