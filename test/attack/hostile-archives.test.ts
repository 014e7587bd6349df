import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildOciLayout, type TarEntry } from '../fakes/image-builder.ts';
import { buildZip, type ZipFileEntry } from '../fakes/zip-builder.ts';
import { readPassport } from './image-trial.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-archives-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What the scan of an image with these archives finds, and what it could not look at. */
async function readArchives(archives: Readonly<Record<string, Buffer>>) {
  const entries = Object.entries(archives).map(([file, content]): TarEntry => ({ file, content }));
  buildOciLayout(directory, { layers: [entries] });
  const { components, problems } = await readPassport(`oci-layout:${directory}`);
  return {
    found: components.map(({ purl }) => purl),
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    locations: new Set(components.flatMap((component) => component.locations)),
  };
}

function pom(artifact: string, version: string, name = `META-INF/maven/g/${artifact}/pom.properties`): ZipFileEntry {
  return { name, bytes: `groupId=g\nartifactId=${artifact}\nversion=${version}\n` };
}
const library = buildZip([pom('inner', '1')]);

describe('an archive', () => {
  it('whose entries lead out of it reaches nothing, and is found where it lies', async () => {
    const archive = buildZip([
      pom('a', '1'),
      { name: '../../etc/passwd', bytes: 'root::0:0::/:/bin/sh' },
      { name: '/etc/cron.d/x', bytes: '* * * * * root x' },
      { name: '../../lib/inner.jar', bytes: library },
      { name: 'C:\\inner.jar', bytes: library },
    ]);
    const { found, problems, locations } = await readArchives({ 'app/a.jar': archive });
    expect(problems).toEqual([]);
    expect(found).toEqual(['pkg:maven/g/a@1', 'pkg:maven/g/inner@1']);
    expect([...locations]).toEqual(['/app/a.jar']);
  });

  it('that has an entry twice hides neither', async () => {
    const { found } = await readArchives({
      'app/twice.jar': buildZip([pom('a', '1'), pom('a', '2')]),
      'app/nested.jar': buildZip([
        { name: 'lib/x.jar', bytes: buildZip([pom('x', '1')]) },
        { name: 'lib/x.jar', bytes: buildZip([pom('x', '2')]) },
      ]),
    });
    expect(found).toEqual(['pkg:maven/g/a@1', 'pkg:maven/g/a@2', 'pkg:maven/g/x@1', 'pkg:maven/g/x@2']);
  });

  it.each([0, 1, 0x7fffffff, 0xfffffffe])('that says an entry has %i bytes is read by what it has', async (size) => {
    const lying = { ...pom('a', '1'), claims: { size } };
    const nested = { name: 'lib/inner.jar', bytes: library, claims: { size } };
    const { found, problems } = await readArchives({ 'app/a.jar': buildZip([lying, nested]) });
    expect(problems).toEqual([]);
    expect(found).toEqual(['pkg:maven/g/a@1', 'pkg:maven/g/inner@1']);
  });

  it('that is a bomb of bombs is given up, and the next one is read', { timeout: 60_000 }, async () => {
    let bomb: Buffer = library;
    for (let depth = 0; depth < 5; depth++) {
      const bytes = Buffer.concat([Buffer.alloc(30_000_000), bomb]);
      bomb = buildZip(Array.from({ length: 3 }, (_, at) => ({ name: `${at}.jar`, bytes })));
    }
    const started = process.memoryUsage.rss();
    const { found, problems } = await readArchives({
      'app/a-bomb.jar': bomb,
      'app/b-bomb.jar': bomb,
      'app/c.jar': buildZip([pom('c', '1')]),
    });
    expect(found).toEqual(['pkg:maven/g/c@1']);
    expect(problems.length).toBeGreaterThan(2);
    for (const problem of problems) expect(problem).toMatch(/^catalog\/java\/limit-exceeded: \/app\/[ab]-bomb\.jar/);
    expect(process.memoryUsage.rss() - started).toBeLessThan(400_000_000);
  });

  it('of a hundred thousand artifacts is listed in part, and says so', async () => {
    const archive = buildZip(Array.from({ length: 60_000 }, (_, at) => pom(`a${at}`, '1')));
    const { found, problems } = await readArchives({ 'app/many.jar': archive });
    expect(found).toHaveLength(20_000);
    expect(problems).toEqual(['catalog/java/limit-exceeded: /app/many.jar holds too many artifacts to be listed']);
  });

  it('that is called one and is another file says so, in every case', async () => {
    const cut = library.subarray(0, library.length - 10);
    const { found, problems } = await readArchives({
      'app/cut.jar': cut,
      'app/program.jar': Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(5000)]),
      'app/text.war': Buffer.from('no archive'),
      // Java reads it by its end, whatever stands before.
      'app/polyglot.jar': Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(5000), library]),
    });
    expect(found).toEqual(['pkg:maven/g/inner@1']);
    expect(problems).toEqual(
      ['cut.jar', 'program.jar', 'text.war'].map(
        (name) => `catalog/java/bad-archive: /app/${name} is no archive, or was cut off`,
      ),
    );
  });
});
