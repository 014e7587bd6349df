import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findStoredImage } from '../../src/image/engine/engine-storage.ts';
import { createEngineClient, createImageReader } from '../../src/image/index.ts';
import type { SplitLayer } from '../../src/image/scan-split-layer.ts';
import { defaultReadLimits, parseSource, type ReadOptions, type SourceReference } from '../../src/model/index.ts';
import { type ContainerEngine, describeWith, startDockerd, startPodman } from '../engines/index.ts';
import { buildDockerArchive, type TarEntry } from '../fakes/image-builder.ts';

const elf = Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(700_000, 7), Buffer.from('MARK of a program')]);
const layers: TarEntry[][] = [
  [
    { dir: 'etc' },
    { file: 'etc/os-release', content: 'ID=test\n' },
    { file: 'etc/shadow', content: 'old' },
    { dir: 'usr' },
    { dir: 'usr/lib' },
    { symlink: 'lib', to: 'usr/lib' },
    { file: 'usr/lib/tool', content: elf, mode: 0o4755 },
    { hardlink: 'usr/lib/same', to: 'usr/lib/tool' },
    { file: 'empty', content: '' },
    { file: `${'long/'.repeat(30)}package.json`, content: '{"name":"deep"}' },
    { dir: 'data' },
    { file: 'data/lower', content: 'x' },
  ],
  [
    { whiteout: 'etc/shadow' },
    { opaque: 'data' },
    { file: 'data/upper', content: 'y' },
    { file: 'etc/os-release', content: 'ID=test\nVERSION_ID=2\n', uid: 7, gid: 8 },
  ],
];
const options: ReadOptions = {
  platform: { os: 'linux', architecture: 'amd64' },
  wanted: {
    patterns: ['/etc/os-release', '**/package.json'],
    marks: [{ id: 'mark', bytes: Buffer.from('MARK'), keep: 9 }],
  },
  limits: defaultReadLimits,
  signal: new AbortController().signal,
};

for (const [need, start] of [['dockerd', startDockerd] as const, ['podman', startPodman] as const]) {
  describeWith([need], 'the storage of a real engine, read in place', () => {
    let engine: ContainerEngine;
    let directory: string;
    let archive: string;
    let image: string;
    let source: SourceReference;

    beforeAll(async () => {
      engine = await start();
      directory = mkdtempSync(join(tmpdir(), 'pw-storage-'));
      archive = join(directory, 'image.tar');
      buildDockerArchive(archive, [{ layers, tag: 'localhost/harbor/stored:1' }]);
      image = await engine.load(archive);
      source = { kind: engine.kind, name: image };
    });
    afterAll(async () => {
      await engine?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    async function read(from: SourceReference) {
      const sockets = [engine.socket];
      const contents = await createImageReader({
        engines: { dockerSockets: sockets, podmanSockets: sockets, storages: [] },
      })(from, options);
      const deep = [...contents.files()].find(({ path }) => path.endsWith('package.json'));
      const seen = {
        files: [...contents.files()],
        diffIds: contents.layers.map(({ diffId }) => diffId),
        release: Buffer.from((await contents.read('/etc/os-release', 1000)) ?? '').toString(),
        deep: Buffer.from((await contents.read(deep?.path ?? '', 1000)) ?? '').toString(),
        program: (await contents.read('/lib/tool', 10_000_000))?.length,
        marks: contents.marks('/usr/lib/tool').map(({ offset }) => offset),
        problems: contents.problems,
      };
      await contents.close();
      return seen;
    }

    async function storedLayers(): Promise<readonly SplitLayer[]> {
      const client = createEngineClient(engine);
      const storage = await client.storage();
      const found = await client.inspectImage(image);
      await client.close();
      if (!storage || !found) throw new Error('the engine does not say what it has');
      const parts = await findStoredImage(engine.kind, storage, found, defaultReadLimits);
      return (parts?.layers ?? []).map(({ location }) => location as SplitLayer);
    }

    it('is found', async () => {
      const found = await storedLayers();
      expect(found).toHaveLength(2);
      for (const { split, directory: files } of found)
        expect([existsSync(split), existsSync(files)]).toEqual([true, true]);
    });

    it('holds what the archive held', async () => {
      const stored = await read(source);
      expect(stored).toEqual(await read(parseSource(`docker-archive:${archive}`)));
      expect(stored.problems).toEqual([]);
      expect(stored.marks).toEqual([700_004]);
      expect(stored.program).toBe(elf.length);
    });

    it('is told where a file is no longer what the layer brought, or a link out of it', async () => {
      const [lower] = await storedLayers();
      const file = join(lower?.directory ?? '', 'usr/lib/tool');
      renameSync(file, `${file}.was`);
      for (const put of [() => symlinkSync('/etc/hostname', file), () => writeFileSync(file, 'short')]) {
        put();
        const { problems } = await read(source);
        expect(problems).toMatchObject([{ code: 'image/stored-file-differs', path: '/usr/lib/tool' }]);
        rmSync(file);
      }
      renameSync(`${file}.was`, file);
    });

    it('is left for an export where it is not as it should be', async () => {
      const [lower] = await storedLayers();
      const split = lower?.split ?? '';
      renameSync(split, `${split}.was`);
      writeFileSync(split, 'no gzip');
      // The engine cannot do without it either: it is asked, and its refusal is told.
      await expect(read(source)).rejects.toMatchObject({ name: 'ImageError' });
      renameSync(`${split}.was`, split);
    });
  });
}
