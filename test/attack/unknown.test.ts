import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Passport } from '../../src/model/wire/index.ts';
import { buildOciLayout, type TarEntry } from '../fakes/image-builder.ts';
import { readPassport } from './image-trial.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-unknown-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const stanzas = (names: readonly string[]) =>
  names
    .map((name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n`)
    .join('\n');
const status = 'var/lib/dpkg/status';
const program = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(200_000)]);
const base: TarEntry[] = [
  { file: 'etc/os-release', content: 'ID=debian\nVERSION_ID=12\n' },
  { file: status, content: stanzas(['dash', 'libc6', 'curl', 'zlib1g']) },
  { file: 'var/lib/dpkg/info/dash.list', content: '/bin\n/bin/dash\n' },
  { file: 'bin/dash', content: program, mode: 0o755 },
];

function passportOf(...layers: TarEntry[][]): Promise<Passport> {
  buildOciLayout(directory, { layers });
  return readPassport(`oci-layout:${directory}`);
}

/** A package database of this machine, which no image may show. */
const outside = join(tmpdir(), `pw-outside-${process.pid}`);
beforeEach(() => writeFileSync(outside, stanzas(['leaked'])));
afterEach(() => rmSync(outside));

const rules = ({ observations }: Passport) => observations.map(({ rule }) => rule);

describe('whoever hides what is in an image', () => {
  it('is told of nothing where nothing is hidden', async () => {
    const { unknown } = await passportOf(base, [
      { file: status, content: stanzas(['dash', 'libc6', 'curl', 'zlib1g', 'jq']) },
    ]);
    expect(unknown).toMatchObject({ state: 'known', unownedPercent: 0, records: [], problems: [] });
  });

  it.each<[string, TarEntry[], string]>([
    ['removes the package database', [{ whiteout: status }], 'removed'],
    ['hides its directory', [{ opaque: 'var/lib/dpkg' }], 'removed'],
    ['replaces it by a small one', [{ file: status, content: stanzas(['dash']) }], 'replaced'],
    [
      'puts a link in its place',
      [
        { file: 'opt/status', content: stanzas(['dash']) },
        { symlink: status, to: '/opt/status' },
      ],
      'replaced',
    ],
    ['puts a link to nothing in its place', [{ symlink: status, to: '/nowhere' }], 'replaced'],
    ['puts a link to a directory in its place', [{ symlink: status, to: '/' }], 'replaced'],
    ['puts a link to itself in its place', [{ symlink: status, to: 'status' }], 'replaced'],
    ['puts a link out of the image in its place', [{ symlink: status, to: `../../../../../${outside}` }], 'replaced'],
    ['puts a hard link out of the image in its place', [{ hardlink: status, to: `../../../${outside}` }], 'replaced'],
    ['puts a directory in its place', [{ dir: status }, { file: `${status}/x`, content: 'x' }], 'removed'],
    ['puts a pipe in its place', [{ fifo: status }], 'removed'],
    ['empties it', [{ file: status, content: '' }], 'replaced'],
  ])('%s', async (_, layer, what) => {
    const passport = await passportOf(base, layer);
    expect(passport.components.map(({ name }) => name)).not.toContain('leaked');
    expect(passport.unknown.state).toBe('unknown');
    expect(passport.unknown.records.map(({ kind }) => kind)).toContain(`package-database-${what}`);
    expect(rules(passport)).toContain(`inspect/unknown/package-database-${what}`);
  });

  it('takes one package of a distroless image away', async () => {
    const files = ['base', 'openssl'].map(
      (name): TarEntry => ({ file: `var/lib/dpkg/status.d/${name}`, content: stanzas([name]) }),
    );
    const passport = await passportOf(files, [{ whiteout: 'var/lib/dpkg/status.d/openssl' }]);
    expect(rules(passport)).toContain('inspect/unknown/package-database-removed');
    expect(passport.unknown.state).toBe('unknown');
  });

  it('calls it another distribution, of which fewer flaws are known', async () => {
    const passport = await passportOf(base, [{ file: 'etc/os-release', content: 'ID=harbor\nVERSION_ID=1\n' }]);
    expect(rules(passport)).toContain('inspect/unknown/distribution-changed');
    expect(passport.unknown.state).toBe('unknown');
  });

  it('brings a static program that says no version', async () => {
    const { unknown } = await passportOf(base, [{ file: 'opt/tool', content: program, mode: 0o755 }]);
    expect(unknown).toMatchObject({ state: 'partly-known', unownedPercent: 50 });
    expect(unknown.unowned?.largest).toMatchObject([{ path: '/opt/tool', layer: 1 }]);
  });

  it('packs it', async () => {
    const packed = Buffer.concat([
      program,
      Buffer.from('$Info: This file is packed with the UPX executable packer $UPX!'),
    ]);
    const passport = await passportOf(base, [{ file: 'opt/tool', content: packed, mode: 0o755 }]);
    expect(rules(passport)).toContain('inspect/malware/packed');
    expect(passport.unknown.state).toBe('partly-known');
  });

  it('lays it in an archive within an archive', async () => {
    const { unknown } = await passportOf(base, [{ file: 'opt/a.tar.gz', content: 'whatever it is' }]);
    expect(unknown.archives).toMatchObject({ files: 1, largest: [{ path: '/opt/a.tar.gz' }] });
    expect(unknown.state).toBe('partly-known');
  });
});
