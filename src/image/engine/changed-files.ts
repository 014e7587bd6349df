import { mapConcurrent } from '../../base/index.ts';
import type { Problem, ReadOptions, WritableLayer } from '../../model/index.ts';
import { closeExaminers, loadExaminers } from '../examination.ts';
import { ImageError } from '../image-error.ts';
import { LayerCollector } from '../layer-collector.ts';
import { LayerContents } from '../layer-contents.ts';
import { ReadBudget } from '../read-budget.ts';
import { mayRun } from '../root-walk.ts';
import { TarFormatError, type TarHeader, tarType } from '../tar-header.ts';
import { type TarSink, TarWalker } from '../tar-walker.ts';
import { compileWanted } from '../wanted-matcher.ts';
import type { ChangedPath } from './engine-answers.ts';
import type { EngineClient } from './engine-client.ts';

/** Each is asked for by itself, which takes a millisecond. */
const filesAtMost = 20_000;
const statsAtOnce = 8;

type ChangesClient = Pick<EngineClient, 'kind' | 'changes' | 'statPath' | 'archive'>;

/**
 * A writable layer by the engine's word, file by file: where it lies out of reach, or in no overlay. What was there before
 * is not shown, so what was changed may as well have been touched only. Throws ImageError as the client does.
 */
export async function readChangedFiles(
  client: ChangesClient,
  containerId: string,
  options: ReadOptions,
): Promise<WritableLayer> {
  const changes = await client.changes(containerId, options.signal);
  if (!changes) throw new ImageError('not-found', `the ${client.kind} engine has no container ${containerId}`);
  const present = changes.filter(({ kind }) => kind !== 'deleted');
  const asked = present.slice(0, filesAtMost);
  const problems: Problem[] = [];
  if (asked.length < present.length)
    problems.push({
      code: 'image/limit-exceeded',
      message: `more than ${filesAtMost} paths are changed; the rest was not looked at`,
    });
  const stats = await mapConcurrent(asked, statsAtOnce, ({ path }) =>
    client.statPath(containerId, path, options.signal),
  );
  const isWanted = compileWanted(options.wanted.patterns);
  // Not data: a container may hold any amount of it, and it would come through the socket each time.
  const files = asked.filter(({ path }, index) => {
    const stat = stats[index];
    return stat?.isFile && (mayRun(path, stat.mode) || isWanted(path));
  });
  const table = await collectFiles(client, containerId, files, options, problems);
  const kinds = new Map(changes.map(({ path, kind }) => [path, kind]));
  const contents = new LayerContents({
    platform: options.platform,
    layers: [],
    tables: [table],
    problems: [...problems, ...table.problems],
    // Whatever is read of a layer was wanted the first time.
    reread: async () => ({ problems: [] }),
  });
  return {
    contents,
    seenBy: 'engine',
    compare: async (path) => ({ change: kinds.get(path) === 'added' ? 'added' : 'unknown' }),
  };
}

async function collectFiles(
  client: ChangesClient,
  containerId: string,
  files: readonly ChangedPath[],
  { wanted, examiners, limits, signal }: ReadOptions,
  problems: Problem[],
) {
  const keep = { wanted, examiners: await loadExaminers(examiners) };
  const budget = new ReadBudget(limits);
  const collector = new LayerCollector(keep, budget);
  try {
    for (const { path } of files) {
      signal.throwIfAborted();
      const bytes = await client.archive(containerId, path, signal);
      // Gone since, as files of a running container may be.
      if (!bytes) continue;
      const why = await collectFile(bytes, path, collector, budget);
      if (why) problems.push({ code: 'image/unreadable-file', message: `"${path}" cannot be read: ${why}`, path });
      await collector.untilRoom(signal);
    }
    await collector.untilAnswered(signal);
    return collector.finish();
  } finally {
    closeExaminers(keep.examiners);
  }
}

/** Why it could not be taken; undefined where it was. */
async function collectFile(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  collector: LayerCollector,
  budget: ReadBudget,
): Promise<string | undefined> {
  const file = new OneFile(path, collector);
  const walker = new TarWalker(file);
  try {
    for await (const piece of bytes) {
      if (!budget.takeUncompressed(piece.length)) return 'too many bytes have been read before it';
      walker.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    }
    walker.end();
    return undefined;
  } catch (error) {
    if (file.isOpen) collector.abandonFile();
    if (error instanceof TarFormatError) return error.message;
    throw error;
  }
}

/** Takes the first regular file of an archive for the file at the path, whatever the archive calls it. */
class OneFile implements TarSink {
  readonly #path: string;
  readonly #sink: TarSink;
  #isTaken = false;
  /** Its data is on its way. */
  isOpen = false;

  constructor(path: string, sink: TarSink) {
    this.#path = path;
    this.#sink = sink;
  }

  entry(header: TarHeader): boolean {
    if (this.#isTaken || header.type !== tarType.file) return false;
    this.#isTaken = true;
    this.isOpen = this.#sink.entry({ ...header, name: this.#path });
    return this.isOpen;
  }

  data(bytes: Buffer, start: number, end: number): boolean {
    return this.#sink.data(bytes, start, end);
  }

  dataEnd(): void {
    this.isOpen = false;
    this.#sink.dataEnd();
  }
}
