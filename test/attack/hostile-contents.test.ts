import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileYaraRules } from '../../src/inspect/index.ts';
import type { Passport } from '../../src/model/wire/index.ts';
import { readContentOptions } from '../../src/wiring/read-content-options.ts';
import { buildOciLayout, type LayerSpec, type TarEntry } from '../fakes/image-builder.ts';
import { readPassport } from './image-trial.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-contents-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function readLayers(...layers: (readonly TarEntry[] | LayerSpec)[]): Promise<Passport> {
  buildOciLayout(directory, { layers });
  return readPassport(`oci-layout:${directory}`);
}
const token = (at: number) => `ghp_${String(at).padStart(36, 'aB3dE5gH')}`;
const secretsOf = ({ observations }: Passport) => observations.filter(({ rule }) => rule.startsWith('inspect/secret/'));

/** Where the pieces in which bytes arrive may end. */
const borders = [4096, 16 * 1024, 64 * 1024, 256 * 1024, 512 * 1024].map((border) => border - 20);

describe('secrets', () => {
  it.each(['plain', 'gzip', 'zstd'] as const)('across the borders of pieces are found in a %s layer', async (form) => {
    const text = Buffer.alloc(600_000, 'x\n');
    borders.forEach((at, index) => text.write(` ${token(index)} `, at - 1));
    // What comes before shifts the file against the pieces of the layer.
    const entries: TarEntry[] = borders.map((_, index) => ({ file: `pad${index}`, content: 'p'.repeat(index * 777) }));
    const passport = await readLayers({ entries: [...entries, { file: 'big.txt', content: text }], compression: form });
    expect(secretsOf(passport)).toHaveLength(borders.length);
  });

  it('across the borders of pieces are found in a root file system', async () => {
    const text = Buffer.alloc(600_000, 'x\n');
    borders.forEach((at, index) => text.write(` ${token(index)} `, at - 1));
    mkdirSync(join(directory, 'srv'));
    writeFileSync(join(directory, 'srv/big.txt'), text);
    expect(secretsOf(await readPassport(`rootfs:${directory}`))).toHaveLength(borders.length);
  });

  it('that a layer brings and another takes away, replaces or hides are in the image all the same', async () => {
    const lower: TarEntry[] = ['gone', 'replaced', 'opaque/inside'].map((name, at) => ({
      file: `srv/${name}.txt`,
      content: `x = ${token(at)}`,
    }));
    const upper: TarEntry[] = [
      { whiteout: 'srv/gone.txt' },
      { file: 'srv/replaced.txt', content: 'harmless, and long enough' },
      { opaque: 'srv/opaque' },
    ];
    const found = secretsOf(await readLayers(lower, upper)).map(({ path, hidden }) => [path, hidden]);
    expect(found.sort()).toEqual([
      ['/srv/gone.txt', true],
      ['/srv/opaque/inside.txt', true],
      ['/srv/replaced.txt', true],
    ]);
  });

  it('without number are counted, in one file and in many', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => token(at));
    const files = Array.from({ length: 20_000 }, (_, at): TarEntry => ({ file: `srv/${at}.txt`, content: token(at) }));
    const passport = await readLayers([{ file: 'srv/all.txt', content: lines.join('\n') }, ...files]);
    expect(passport.observations).toHaveLength(1000);
    expect(passport.moreObservations).toBe(20_000 + 50 - 1000);
    const last = secretsOf(passport)
      .filter(({ path }) => path === '/srv/all.txt')
      .at(-1);
    expect(last?.detail).toContain('and 19950 more secrets');
  });
});

/** Beginnings that a pattern follows for as long as it may, again and again, and that come to nothing. */
const nearMisses = [
  '-----BEGIN PRIVATE KEY-----\n',
  '-----BEGIN RSA PRIVATE KEY-----\\n aaaa aaaa',
  'AKIA',
  'aws_secret_access_key = ',
  'AccountKey=aaaa',
  'AIza',
  'ghp_a',
  'github_pat_a',
  'glpat-',
  'xoxb-',
  'hooks.slack.com/services/T00000000/B',
  'sk_live_',
  'SG.aaaa.',
  'npm_a',
  'pypi-AgEIcHlwaS5vcmc',
  ':_authToken= ',
  'https://a:',
  'postgres://aaaa',
  'eyJaaaaaaaaaa.',
  'eyJaaaaaaaaaa.eyJaaaaaaaaaa.',
  'A_PASSWORD=',
  'A_PASSWORD="',
  'bash -i /dev/tcp/',
  'nc -e -e ',
  'mkfifo | /bin/sh -i ',
  'socket.socket(.connect(os.dup2(',
  'eval(base64_decode($_',
  'stratum+tcp://',
  '{"auth": "',
  'password ',
];

describe('a text of near misses', () => {
  it.each(nearMisses)('of %j is done before anybody gives up waiting', async (part) => {
    const text = part.repeat(Math.ceil(1_000_000 / part.length)).slice(0, 1_000_000);
    const names = ['srv/a.txt', 'srv/.env', 'root/.netrc', 'root/.pgpass', 'root/.docker/config.json', 'etc/shadow'];
    const passport = await readLayers(names.map((file) => ({ file, content: text })));
    expect(passport.problems).toEqual([]);
  });

  it('in one line of many megabytes costs no more than it weighs', async () => {
    const program = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(60 * 2 ** 20, 'stratum+xmrig ')]);
    const passport = await readLayers([
      { file: 'srv/line.txt', content: Buffer.alloc(60 * 2 ** 20, 'ghp_') },
      { file: 'srv/program', content: program, mode: 0o755 },
    ]);
    expect(passport.observations.map(({ rule }) => rule)).toEqual([]);
  });
});

describe('rules of the user', () => {
  const rule = (body: string) => `rule a { strings: ${body} condition: any of them }`;
  it.each([
    ['without end', rule('$a = "x"').slice(0, -4)],
    ['that read files', 'include "/etc/passwd"\n'],
    ['that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x72]).toString('latin1')],
    ['that match everything, slowly', rule('$a = /.*.*.*.*.*/')],
    ['that are the same twice', `${rule('$a = "x"')}\n${rule('$a = "x"')}`],
    ['with a loop without bound', 'rule a { condition: for all i in (0..9223372036854775807) : (uint8(i) == 0) and }'],
  ])('%s are refused, by file', async (_what, text) => {
    await expect(compileYaraRules([{ name: 'hostile.yar', text }])).rejects.toMatchObject({
      code: 'bad-yara-rule',
      message: expect.stringMatching(/^hostile\.yar:\d+:\d+: ./),
    });
  });

  it.each<[string, (path: string) => void, string]>([
    ['is no text', (path) => writeFileSync(path, Buffer.from([0x72, 0xff, 0xfe])), 'is not valid UTF-8'],
    ['is larger than any', (path) => writeFileSync(path, Buffer.alloc(17 * 2 ** 20)), 'is larger than'],
    ['is a pipe', (path) => execFileSync('mkfifo', [path]), 'no regular file'],
    ['is a device', (path) => symlinkSync('/dev/zero', path), 'no regular file'],
    ['is a directory of its own name', (path) => mkdirSync(path), 'no regular file'],
    ['leads nowhere', (path) => symlinkSync('/nowhere', path), 'ENOENT'],
  ])('in a file that %s are refused, by its path', async (_what, make, reason) => {
    const path = join(directory, 'a.yar');
    make(path);
    await expect(readContentOptions({ yara: [directory], badDigests: [] })).rejects.toMatchObject({
      code: 'bad-yara-rule',
      message: expect.stringMatching(new RegExp(`^${path} cannot be read: .*${reason}`)),
    });
  });

  it('in more files than anybody has are refused', async () => {
    for (let at = 0; at < 2001; at++) writeFileSync(join(directory, `${at}.yar`), 'rule a { condition: true }');
    await expect(readContentOptions({ yara: [directory], badDigests: [] })).rejects.toMatchObject({
      code: 'bad-yara-rule',
      message: expect.stringContaining('more rules than fit'),
    });
  });
});
