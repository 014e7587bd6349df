import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { Services } from '../service/index.ts';

const largestLine = 64 * 1024 * 1024;

/** Writes a bundle of feeds, whole or not at all. Gives the digest of the file. */
export async function exportFeeds(services: Services, file: string, ids: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  const partial = `${file}.part`;
  const lines = Readable.from(services.feeds.export(ids)).map((line: string) => `${line}\n`);
  try {
    await pipeline(lines, createZstdCompress(), digesting(hash), createWriteStream(partial, { mode: 0o644 }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return hash.digest('hex');
}

/** Its digest is known once it is read; where one is demanded it is read twice. */
export async function importBundle(services: Services, file: string, sha256?: string, allowOlder = false) {
  const digest = await digestOf(file);
  if (sha256 !== undefined && sha256.toLowerCase() !== digest)
    throw new Error(`${file} has the sha256 ${digest}, not ${sha256.toLowerCase()}`);
  const input = createReadStream(file).pipe(createZstdDecompress());
  return { digest, feeds: await services.feeds.import(boundedLines(input), { allowOlder }) };
}

async function* boundedLines(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.length > largestLine) throw new Error(`a line is longer than ${largestLine} characters`);
    yield line;
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function digesting(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
