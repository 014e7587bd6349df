import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Digest, parseDigest, silentLog, systemClock } from '../../src/base/index.ts';
import { runCli } from '../../src/cli/index.ts';
import { createImageReader } from '../../src/image/index.ts';
import { defaultReadLimits, platformOfNode, type Store } from '../../src/model/index.ts';
import { createServices } from '../../src/service/index.ts';
import { openStore } from '../../src/store/index.ts';
import { createWiring } from '../../src/wiring/create-wiring.ts';
import { buildOciLayout, buildTar, type TarEntry } from '../fakes/image-builder.ts';
import { launchParts } from '../fakes/launches.ts';
import { noRegistries } from '../fakes/no-registries.ts';

/** One of each kind, by turns: what is made of letters that are drawn from `alphabet`. None is anybody's. */
const kinds: readonly ((letters: (count: number, alphabet?: string) => string) => string)[] = [
  (letters) => `ghp_${letters(36)}`,
  (letters) => `AKIA${letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
  (letters) => `AIza${letters(35)}`,
  (letters) => `glpat-${letters(24)}`,
  (letters) => `xoxb-${letters(30)}`,
  (letters) => `sk_live_${letters(24)}`,
  (letters) => `npm_${letters(36)}`,
  (letters) => `eyJ${letters(20)}.eyJ${letters(20)}.${letters(27)}`,
  (letters) => `github_pat_${letters(82)}`,
  (letters) => `SG.${letters(22)}.${letters(43)}`,
];

/** A secret for each place, so that what leaks says from where. */
const canaries = new Map<string, string>();
function canary(place: string): string {
  const known = canaries.get(place);
  if (known !== undefined) return known;
  const bytes = createHash('sha512').update(place).digest();
  let drawn = 0;
  const token =
    kinds[canaries.size % kinds.length]?.(
      (count, alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789') =>
        Array.from({ length: count }, () => alphabet[(bytes[drawn++ % bytes.length] ?? 0) % alphabet.length]).join(''),
    ) ?? '';
  canaries.set(place, token);
  return token;
}
const url = (place: string) => `https://user:${canary(place)}@example.com/x.git`;

const packageJson = {
  name: 'left-pad',
  version: '1.3.0',
  license: `see ${url('license')}`,
  repository: url('repository'),
  author: canary('package author'),
  description: canary('description'),
};
const lock = {
  lockfileVersion: 3,
  packages: { 'node_modules/a': { version: '1.0.0', resolved: url('lock resolved'), license: canary('lock license') } },
};
const sbom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    { type: 'library', name: canary('sbom name'), version: '1', purl: `pkg:npm/b@1?token=${canary('sbom purl')}` },
    { type: 'library', name: 'c', version: canary('sbom version'), purl: `pkg:npm/c@${canary('sbom purl version')}` },
    { type: 'library', name: canary('no purl'), version: '1' },
    // Two that are the same once they are redacted.
    { type: 'library', name: 'd', version: '1', purl: `pkg:npm/d@1?token=${canary('twin')}` },
    { type: 'library', name: 'd', version: '1', purl: `pkg:npm/d@1?token=${canary('other twin')}` },
    { type: 'library', name: 'e', version: '1', purl: `pkg:npm/e@1?vcs_url=${encodeURIComponent(url('encoded'))}` },
  ],
};
const dpkg = (place: string) =>
  `Package: tool\nStatus: install ok installed\nVersion: 1-1\nArchitecture: amd64\nMaintainer: ${url(`${place} maintainer`)}\nHomepage: ${url(`${place} homepage`)}\nDescription: ${canary(`${place} description`)}\n`;

const lower: TarEntry[] = [
  { file: 'etc/os-release', content: `ID=debian\nVERSION_ID=12\nPRETTY_NAME="Debian ${canary('os-release')}"\n` },
  { file: 'var/lib/dpkg/status', content: dpkg('dpkg') },
  { file: 'srv/hidden.env', content: `TOKEN=${canary('hidden file')}\n` },
  { file: 'srv/node_modules/left-pad/package.json', content: JSON.stringify(packageJson) },
  {
    file: `srv/node_modules/${canary('directory')}/package.json`,
    content: JSON.stringify({ name: 'd', version: '1' }),
  },
  {
    file: `usr/lib/python3/dist-packages/${canary('dist-info')}-1.dist-info/METADATA`,
    content: `Metadata-Version: 2.1\nName: p\nVersion: 1+${canary('python version')}\nHome-page: ${url('python page')}\nLicense: ${canary('python license')}\n`,
  },
  { file: `srv/node_modules/broken-${canary('broken')}/package.json`, content: '{' },
];
const upper: TarEntry[] = [
  { whiteout: 'srv/hidden.env' },
  { file: 'srv/package-lock.json', content: JSON.stringify(lock) },
  { file: 'usr/local/share/sbom/app.cdx.json', content: JSON.stringify(sbom) },
  { file: 'srv/config.txt', content: `github = ${canary('file')}\npostgres://app:${canary('url in file')}@db/x\n` },
  { file: `srv/${canary('file name')}.txt`, content: `x = ${canary('file by a secret name')}` },
  { file: `usr/bin/${canary('program')}`, content: 'an unowned program', mode: 0o4755 },
  { file: `srv/${canary('archive')}.tar.gz`, content: 'not opened' },
  { file: `srv/${canary('writable')}`, content: 'x', mode: 0o666 },
  { symlink: 'srv/link', to: `/srv/${canary('link target')}` },
  { symlink: `etc/${canary('loop')}`, to: canary('loop') },
  { file: `opt/${canary('jar')}.jar`, content: 'no archive' },
  { file: `opt/../../${canary('bad path')}`, content: 'x' },
];
const configuration = {
  created: '2026-04-01T00:00:00Z',
  author: url('image author'),
  config: {
    Env: [`GITHUB_TOKEN=${canary('env')}`, `URL=${url('env url')}`, `PLAIN=${canary('env by another name')}`],
    Cmd: ['serve', '--token', canary('command')],
    Entrypoint: ['sh', '-c', `curl ${url('entrypoint')}`],
    Labels: {
      'db-password': canary('label by name').slice(4, 16),
      maintainer: url('label'),
      [canary('label key')]: 'x',
      'org.opencontainers.image.base.name': url('base'),
    },
    User: canary('user'),
    WorkingDir: `/${canary('working directory')}`,
    Volumes: { [`/${canary('volume')}`]: {} },
    ExposedPorts: { [`80/${canary('port')}`]: {} },
  },
  history: [
    { created_by: `RUN curl ${url('history')}`, comment: canary('comment') },
    { created_by: `ARG TOKEN=${canary('build argument')}`, author: canary('step author') },
  ],
};

let directory: string;
let layout: string;
let imageId: Digest;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pw-leak-'));
  layout = join(directory, 'layout');
  const [built] = buildOciLayout(layout, { layers: [lower, upper], configuration });
  imageId = parseDigest(built?.imageId ?? '') as Digest;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The places whose secret is in the text. */
function leaksIn(text: string): string[] {
  return [...canaries].flatMap(([place, secret]) => (text.includes(secret.slice(-12)) ? place : []));
}

async function run(...args: string[]): Promise<{ text: string; result: string; code: number }> {
  vi.stubEnv('PORTWARDEN_DATA', join(directory, 'data'));
  const results: string[] = [];
  const said: string[] = [];
  const output = {
    out: (text: string) => results.push(text),
    err: (text: string) => said.push(text),
    isTerminal: false,
  };
  const code = await runCli(args, createWiring(), new AbortController().signal, output);
  const result = results.join('\n');
  return { text: [result, ...said].join('\n'), result, code };
}

describe('secrets of an image, in every place that one can be,', () => {
  it.each(['table', 'json', 'cyclonedx', 'spdx', 'sarif', 'junit'])('reach no report of format %s', async (format) => {
    const { text, code } = await run('scan', `oci-layout:${layout}`, '--format', format);
    expect(code).toBe(0);
    expect(text).toContain('left-pad');
    expect(leaksIn(text)).toEqual([]);
  });

  it('are told by where they are, and by their kind', async () => {
    const { result } = await run('scan', `oci-layout:${layout}`, '--format', 'json');
    const { observations } = JSON.parse(result) as { observations: { rule: string; path: string | null }[] };
    const paths = observations.filter(({ rule }) => rule === 'inspect/secret/service-token').map(({ path }) => path);
    for (const path of ['/srv/config.txt', '/srv/[redacted].txt', null]) expect(paths).toContain(path);
  });

  it('reach no report of a bill of materials that was made elsewhere', async () => {
    const file = join(directory, 'made-elsewhere.cdx.json');
    writeFileSync(file, JSON.stringify(sbom));
    for (const format of ['table', 'json', 'cyclonedx', 'spdx', 'sarif', 'junit']) {
      const { text, code } = await run('match', '--bom', file, '--format', format);
      expect([code, leaksIn(text)], text).toEqual([0, []]);
    }
  });

  it('reach no error of what could not be read at all', async () => {
    const file = join(directory, 'broken.tar');
    const manifest = [{ Config: `${canary('missing configuration')}.json`, RepoTags: ['a:1'], Layers: [] }];
    writeFileSync(file, buildTar([{ file: 'manifest.json', content: JSON.stringify(manifest) }]));
    const { text, code } = await run('scan', `docker-archive:${file}`);
    expect([code, text]).toEqual([3, expect.stringContaining('[redacted].json')]);
    expect(leaksIn(text)).toEqual([]);
  });

  it('reach no log and no store', async () => {
    const data = join(directory, 'store');
    mkdirSync(data);
    const logged: unknown[] = [];
    const log = { ...silentLog, warn: note, error: note, info: note, debug: note };
    function note(...args: readonly unknown[]): void {
      logged.push(args);
    }
    const store = await openStore({ url: join(data, 'portwarden.db') });
    const stop = new AbortController();
    const services = createServices({
      ...launchParts(),
      store,
      openImage: createImageReader(),
      openWritableLayer: () => Promise.reject(new Error('no container runs')),
      ...noRegistries,
      driftEvery: undefined,
      clock: systemClock,
      log,
      host: 'quay',
      platform: platformOfNode(process.arch),
      version: '0',
      deliver: async () => {},
      limits: defaultReadLimits,
      content: {},
      unwanted: [],
    });
    const events: unknown[] = [];
    services.events.subscribe((event) => events.push(event));
    await store.images.see({ imageId, references: ['localhost/leak:1'], at: 1 });
    const job = {
      kind: 'read-image',
      subject: imageId,
      source: `oci-layout:${layout}`,
      host: 'quay',
      priority: 1,
    } as const;
    await store.jobs.enqueue(job, 1);
    const working = services.work(stop.signal);
    const labels = { 'db.password': canary('password of a container').slice(4, 30), note: url('label of a container') };
    const container = { containerId: 'c1', name: 'web', imageReference: 'localhost/leak:1', imageId, labels };
    await services.inventory.reconcile('quay', 'docker', [{ ...container, running: true, started: 1 }], 2);
    const [running] = await store.workloads.running({ host: 'quay', engine: 'docker' });
    expect(running?.labels).toEqual({
      'db.password': '[redacted]',
      note: 'https://user:[redacted]@example.com/x.git',
    });
    await vi.waitUntil(async () => (await store.images.get(imageId))?.state === 'read', 60_000);
    expect(leaksIn(JSON.stringify([await storedOf(store), await services.images.passport(imageId)]))).toEqual([]);
    expect(leaksIn(JSON.stringify([logged, events]))).toEqual([]);
    stop.abort();
    await working;
    await store.close();
    for (const name of readdirSync(data))
      expect(leaksIn(readFileSync(join(data, name)).toString('latin1'))).toEqual([]);
  });

  it('lie in the layers that are kept, which nobody else may read', async () => {
    await run('scan', `oci-layout:${layout}`, '--format', 'json');
    const kept = join(directory, 'data', 'layers');
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    const files = readdirSync(kept);
    expect(files.length).toBeGreaterThan(1);
    for (const name of files) expect(statSync(join(kept, name)).mode & 0o777).toBe(0o600);
  });
});

async function storedOf(store: Store): Promise<unknown> {
  const components: unknown[] = [];
  for await (const batch of store.boms.components()) components.push(batch);
  return [await store.images.get(imageId), await store.boms.get(imageId), components];
}
