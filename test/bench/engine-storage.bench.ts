/**
 * How much faster an image is read where it lies in an engine's storage than by an export, and how fast when its layers
 * were seen. `node test/bench/engine-storage.bench.ts [--size MB] [--runs N]` starts a dockerd and a podman of its own,
 * loads an image of 300 MB (or MB) into each, and reads it by turns, with files left closed and looked into; it prints
 * medians and ratios. It needs root and the engines. It asserts nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readDockerArchiveStream } from '../../src/image/docker-archive-stream.ts';
import { createEngineClient } from '../../src/image/engine/engine-client.ts';
import { createImageReader } from '../../src/image/index.ts';
import { defaultReadLimits, type OpenImage, platformOfNode } from '../../src/model/index.ts';
import { readSubject } from '../../src/service/read-subject.ts';
import { startDockerd, startPodman } from '../engines/index.ts';
import { buildDockerArchive } from '../fakes/image-builder.ts';
import { layerEntries, layerShares } from './made-layers.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '300' }, runs: { type: 'string', default: '3' } },
});
const bytes = Number(values.size) * 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), 'storage-bench-'));
const archive = join(directory, 'image.tar');
buildDockerArchive(archive, [{ layers: layerShares.map((share, layer) => layerEntries(share * bytes, layer)) }]);

for (const start of [startDockerd, startPodman]) {
  const engine = await start();
  try {
    const name = await engine.load(archive);
    const client = createEngineClient(engine);
    const image = await client.inspectImage(name);
    if (!image) throw new Error('the engine has not loaded the image');
    const driver = engine.kind === 'docker' ? 'overlay2' : 'overlay';
    const storages = [{ driver, root: engine.dataRoot }];
    const engines = { dockerSockets: [engine.socket], podmanSockets: [engine.socket], storages };
    const onFailure = (message: string) => process.stderr.write(`${message}\n`);
    const layerCache = { directory: join(directory, engine.kind), maxBytes: 2 ** 31, onFailure };
    const inPlace = createImageReader({ engines });
    const seen = createImageReader({ engines, layerCache });
    const exported: OpenImage = (_, options) =>
      readDockerArchiveStream({ name, open: (signal) => client.exportImage(name, signal), knownAs: image }, options);
    const read = async (openImage: OpenImage, content: 'pass-over' | object) => {
      const started = performance.now();
      const source = { kind: engine.kind, name };
      const { bom } = await readSubject(source, openImage, {
        content,
        unwanted: [],
        platform: platformOfNode(process.arch),
        limits: defaultReadLimits,
        signal: new AbortController().signal,
      });
      if (bom.problems.length > 0) throw new Error(bom.problems[0]?.message);
      return performance.now() - started;
    };
    for (const [what, content] of [['files closed', 'pass-over'] as const, ['files looked into', {}] as const]) {
      await read(seen, content);
      const taken: Record<'exported' | 'in place' | 'seen', number[]> = { exported: [], 'in place': [], seen: [] };
      for (let run = 0; run < Number(values.runs); run++) {
        taken.exported.push(await read(exported, content));
        taken['in place'].push(await read(inPlace, content));
        taken.seen.push(await read(seen, content));
      }
      const [byExport, byWalk, bySight] = Object.values(taken).map(median) as [number, number, number];
      process.stdout.write(
        `${engine.kind}, ${what}: exported ${byExport.toFixed(0)} ms, in place ${byWalk.toFixed(0)} ms ` +
          `(${(byExport / byWalk).toFixed(1)} times faster), layers seen ${bySight.toFixed(0)} ms\n`,
      );
    }
    await client.close();
  } finally {
    await engine.stop();
  }
}
rmSync(directory, { recursive: true, force: true });

function median(taken: readonly number[]): number {
  return [...taken].sort((a, b) => a - b)[Math.floor(taken.length / 2)] as number;
}
