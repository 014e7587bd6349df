import { createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Clock, type Digest, type Instant, type Log, messageOf, parseDigest } from '../base/index.ts';
import type { AdmissionBook } from '../model/index.ts';

export interface AdmissionBookParts {
  /** A file of lines `fingerprint until signature`; made where it is not there. */
  readonly file: string;
  /** Signs each line; whoever can only write the file cannot let anything start. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines beyond those that count before the file is written anew; entries that are kept at all. */
const slack = 1000;
const mostEntries = 200_000;
const longestLine = 300;

/** A line that is not signed with the key, cut off or over counts for nothing; the others of the file do. */
export function createAdmissionBook({ file, key, clock, log }: AdmissionBookParts): AdmissionBook {
  const entries = new Map<Digest, Instant>();
  let lines = 0;
  let isBegun = false;
  let loading: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  const sign = (fingerprint: Digest, until: Instant) =>
    createHmac('sha256', key).update(`admission ${fingerprint} ${until}`).digest('hex');

  function readLine(line: string): void {
    const [name = '', time = '', signature = ''] = line.split(' ');
    const fingerprint = parseDigest(name);
    if (!fingerprint || !/^\d{1,16}$/.test(time) || !/^[0-9a-f]{64}$/.test(signature)) return;
    const until = Number(time);
    if (!timingSafeEqual(Buffer.from(sign(fingerprint, until)), Buffer.from(signature))) return;
    if (until > clock.now()) entries.set(fingerprint, Math.max(until, entries.get(fingerprint) ?? 0));
  }

  async function load(): Promise<void> {
    const stream = createReadStream(file, { encoding: 'utf8' });
    try {
      for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
        lines++;
        if (line.length <= longestLine && entries.size < mostEntries) readLine(line);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      log.warn(
        { file, error: messageOf(error) },
        'what was let start before cannot be read: it counts for nothing while the store is away',
      );
    }
  }

  const loaded = () => {
    loading ??= load();
    return loading;
  };

  function forgetOld(): void {
    const now = clock.now();
    for (const [fingerprint, until] of entries) if (until <= now) entries.delete(fingerprint);
    for (const fingerprint of entries.keys()) {
      if (entries.size <= mostEntries) break;
      entries.delete(fingerprint);
    }
  }

  const lineOf = (fingerprint: Digest, until: Instant) => `${fingerprint} ${until} ${sign(fingerprint, until)}\n`;

  async function append(fingerprint: Digest, until: Instant): Promise<void> {
    if (lines > entries.size + slack) {
      forgetOld();
      const text = [...entries].map(([each, end]) => lineOf(each, end)).join('');
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
      lines = entries.size;
      return;
    }
    // A line that a crash cut off must not take the next one with it.
    await appendFile(file, `${isBegun ? '' : '\n'}${lineOf(fingerprint, until)}`, { mode: 0o600 });
    isBegun = true;
    lines++;
  }

  return {
    async admittedUntil(fingerprint) {
      await loaded();
      const until = entries.get(fingerprint);
      return until !== undefined && until > clock.now() ? until : undefined;
    },
    async admit(fingerprint, until) {
      await loaded();
      const now = clock.now();
      // A container that starts every second is not worth a line each time: half of the time must have passed.
      if ((entries.get(fingerprint) ?? now) - now > (until - now) / 2) return;
      entries.set(fingerprint, until);
      last = last.catch(() => undefined).then(() => append(fingerprint, until));
      await last;
    },
  };
}
