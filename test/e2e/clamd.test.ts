import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readClamdVersion } from '../../src/inspect/index.ts';
import type { Passport } from '../../src/model/wire/index.ts';
import { type ClamdServer, describeWith, startClamd } from '../engines/index.ts';
import { buildDockerArchive, buildOciLayout, buildTar, type TarEntry } from '../fakes/image-builder.ts';
import { runPortwarden } from './running-portwarden.ts';

const marked = 'THIS-TEXT-IS-KNOWN-TO-A-TEST';
const unwanted = 'THIS-ONE-IS-NOT-WANTED';

describeWith(['clamav'], 'a real clamd', () => {
  let directory: string;
  let clamd: ClamdServer;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'pw-clamd-e2e-'));
    clamd = await startClamd({
      texts: { 'Unix.Test-Only': marked, 'PUA.Test-Only': unwanted },
      streamMaxLength: '3M',
    });
  });
  afterAll(async () => {
    await clamd?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    return runPortwarden(args, { PORTWARDEN_DATA: join(directory, 'none'), ...environment });
  }
  async function scan(source: string, address = clamd.address) {
    const { code, stdout, stderr } = await run(['scan', source, '--clamd', address, '--format', 'json']);
    expect(code, stderr).toBe(0);
    const passport = JSON.parse(stdout) as Passport;
    return {
      found: passport.observations
        .filter(({ rule }) => rule === 'inspect/malware/clamd')
        .map(({ severity, path, hidden, detail }) => `${severity} ${path}${hidden ? '!' : ''} ${detail}`)
        .sort(),
      missed: passport.problems.filter(({ code }) => code === 'image/not-examined').map(({ message }) => message),
      scannedBy: passport.facts?.scannedBy,
    };
  }

  const inside = gzipSync(buildTar([{ file: 'deep/x', content: `some ${marked} text` }]));
  const lower: TarEntry[] = [
    { file: 'gone', content: `#!/bin/sh\n# ${marked}\n` },
    { file: 'opt/a.tar.gz', content: inside },
    { file: 'opt/unwanted', content: unwanted },
    { file: 'clean', content: 'nothing of interest' },
  ];
  const upper: TarEntry[] = [{ whiteout: 'gone' }, ...manySmall(300)];

  it.each(['layout', 'archive'])('finds what it knows in a %s: hidden, nested, and not more', async (form) => {
    const path = join(directory, form);
    if (form === 'layout') buildOciLayout(path, { layers: [{ entries: lower, compression: 'gzip' }, upper] });
    else buildDockerArchive(path, [{ layers: [lower, upper] }]);
    const { found, missed, scannedBy } = await scan(`${form === 'layout' ? 'oci-layout' : 'docker-archive'}:${path}`);
    expect(found).toEqual([
      'critical /gone! is Unix.Test-Only.UNOFFICIAL',
      'critical /opt/a.tar.gz is Unix.Test-Only.UNOFFICIAL',
      'medium /opt/unwanted is PUA.Test-Only.UNOFFICIAL',
    ]);
    expect(missed).toEqual([]);
    expect(scannedBy).toEqual([expect.stringMatching(/^ClamAV \d+\.\d+/)]);
  });

  it('sees nothing in a clean image, and all files are looked at', async () => {
    const path = join(directory, 'clean');
    buildOciLayout(path, { layers: [manySmall(50)] });
    expect(await scan(`oci-layout:${path}`)).toMatchObject({ found: [], missed: [] });
  });

  it('refuses files over its StreamMaxLength, and they are told, and those after them are looked at', async () => {
    const path = join(directory, 'large');
    const large = Buffer.alloc(12 * 2 ** 20, 'large');
    const entries: TarEntry[] = [
      { file: 'a-large', content: large },
      { file: 'b-large', content: large },
      { file: 'c-marked', content: marked },
    ];
    buildOciLayout(path, { layers: [entries] });
    const { found, missed } = await scan(`oci-layout:${path}`);
    expect(found).toEqual(['critical /c-marked is Unix.Test-Only.UNOFFICIAL']);
    expect(missed.map((message) => message.replace(/unix:\S+/, ''))).toEqual([
      '2 files were not examined by clamd: clamd does not take the whole of it (StreamMaxLength)',
    ]);
  });

  it('is told of by the doctor', async () => {
    const { stdout } = await run(['doctor'], { PORTWARDEN_CLAMD: clamd.address });
    expect(stdout).toContain(await readClamdVersion(clamd.address));
    const { stdout: bad } = await run(['doctor'], { PORTWARDEN_CLAMD: 'unix:/nonexistent' });
    expect(bad).toMatch(/clamd\b.*ENOENT/);
  });

  it('that is killed in the midst leaves the rest unexamined, which is told once', async () => {
    const path = join(directory, 'killed');
    const victim = await startClamd({ texts: { 'Unix.Test-Only': marked } });
    const count = 6000;
    buildOciLayout(path, { layers: [[{ file: '0-marked', content: marked }, ...manySmall(count)]] });
    const scanning = scan(`oci-layout:${path}`, victim.address);
    while (!victim.log().includes('Unix.Test-Only')) await new Promise((resolve) => setTimeout(resolve, 2));
    process.kill(victim.pid, 'SIGKILL');
    const { found, missed } = await scanning;
    // Not before: it ends whoever names its directory.
    await victim.stop();
    expect(found).toEqual(['critical /0-marked is Unix.Test-Only.UNOFFICIAL']);
    expect(missed.length).toBeLessThan(4);
    expect(missed.join()).toMatch(/\d+ files were not examined by clamd: clamd does not answer/);
  });

  it('that is not there leaves every file unexamined', async () => {
    const path = join(directory, 'clean');
    const { found, missed, scannedBy } = await scan(`oci-layout:${path}`, 'unix:/nonexistent/clamd');
    expect([found, scannedBy]).toEqual([[], []]);
    const why = 'clamd does not answer at unix:/nonexistent/clamd (ENOENT)';
    expect(missed).toEqual([`50 files were not examined by clamd: ${why}`]);
  });
});

function manySmall(count: number): TarEntry[] {
  return Array.from({ length: count }, (_, at) => ({ file: `many/${at}`, content: `file number ${at}` }));
}
