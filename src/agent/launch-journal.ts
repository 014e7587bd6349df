import { createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Log, messageOf } from '../base/index.ts';
import type { LaunchJournal, RecordedLaunch } from '../service/index.ts';

export interface LaunchJournalParts {
  /** A file of lines `signature launch`; there only while something is kept. */
  readonly file: string;
  /** Signs each line; whoever can only write the file puts nothing into the record. */
  readonly key: Uint8Array;
  readonly log: Log;
  /** Bytes that are kept at most. */
  readonly mostBytes?: number;
}

const usualBytes = 64 * 2 ** 20;
/** A launch that is larger is not kept; the requests that it was read from are bounded far below. */
const longestLine = 4 * 2 ** 20;

/** Launches on the disk of the host, which hold no secrets, until the store takes them. */
export function createLaunchJournal(parts: LaunchJournalParts): LaunchJournal {
  const { file, key, log, mostBytes = usualBytes } = parts;
  const sign = (text: string) => createHmac('sha256', key).update(`portwarden-launch-1 ${text}`).digest('hex');
  let bytes: number | undefined;
  let isBegun = false;

  function readLine(line: string): RecordedLaunch | undefined {
    const [given, expected] = [Buffer.from(line.slice(0, 64)), Buffer.from(sign(line.slice(65)))];
    const isOurs = line.length <= longestLine && given.length === expected.length && timingSafeEqual(given, expected);
    return isOurs ? (JSON.parse(line.slice(65)) as RecordedLaunch) : undefined;
  }

  return {
    async read(most) {
      const launches: RecordedLaunch[] = [];
      let spoiled = 0;
      try {
        const stream = createReadStream(file, { encoding: 'utf8', end: mostBytes + longestLine });
        for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
          if (line === '') continue;
          const launch = readLine(line);
          if (launch) launches.push(launch);
          else spoiled++;
          if (launches.length > most) launches.shift();
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        log.error({ file, error: messageOf(error) }, 'launches that were kept while the store was away cannot be read');
      }
      // The last line is cut off where the machine went down in the middle of it: nobody was told that it is kept.
      if (spoiled > 0) log.warn({ file, spoiled }, 'some of what was kept of launches is not as it was written');
      return launches;
    },

    async append(launches) {
      bytes ??= (await stat(file).catch(() => ({ size: 0 }))).size;
      const lines: string[] = [];
      for (const launch of launches) {
        const text = JSON.stringify(launch);
        const line = `${sign(text)} ${text}\n`;
        const size = Buffer.byteLength(line);
        if (size > longestLine || bytes + size > mostBytes) continue;
        bytes += size;
        lines.push(line);
      }
      if (lines.length > 0) {
        const handle = await open(file, 'a', 0o600);
        try {
          // A line that a crash cut off must not take the next one with it.
          await handle.writeFile(`${isBegun ? '' : '\n'}${lines.join('')}`);
          await handle.datasync();
        } finally {
          await handle.close();
        }
        isBegun = true;
      }
      return launches.length - lines.length;
    },

    async clear() {
      await rm(file, { force: true });
      bytes = 0;
      isBegun = false;
    },
  };
}
