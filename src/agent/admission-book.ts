import { createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, open, rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type Clock, type Digest, type Log, messageOf, parseDigest } from '../base/index.ts';
import type { AdmissionBook, BookedVerdict } from '../model/index.ts';

export interface AdmissionBookParts {
  /** A file of lines `fingerprint until rules signature`; made where it is not there. */
  readonly file: string;
  /** Signs each line; whoever can only write the file cannot let anything start. */
  readonly key: Uint8Array;
  /** Name of this machine: what another with the same key let start counts for nothing here. */
  readonly host: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines beyond those that count before the file is written anew; entries that are kept at all. */
const slack = 1000;
const mostEntries = 200_000;
const longestLine = 400;
/** Milliseconds after which a line that was written is on the disk, should the machine go down. */
const syncAfter = 500;

/** A line that is not signed with the key, cut off or over counts for nothing; the others of the file do. */
export function createAdmissionBook({ file, key, host, clock, log }: AdmissionBookParts): AdmissionBook {
  const entries = new Map<Digest, BookedVerdict>();
  let lines = 0;
  let isBegun = false;
  let isToBeSynced = false;
  let loading: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  const sign = (fingerprint: Digest, { until, rules }: BookedVerdict) =>
    createHmac('sha256', key)
      .update(JSON.stringify(['admission', host, fingerprint, until, rules]))
      .digest('hex');

  function readLine(line: string): void {
    const [name = '', time = '', digest = '', signature = ''] = line.split(' ');
    const fingerprint = parseDigest(name);
    const rules = parseDigest(digest);
    if (!fingerprint || !rules || !/^\d{1,16}$/.test(time) || !/^[0-9a-f]{64}$/.test(signature)) return;
    const verdict = { until: Number(time), rules };
    if (!timingSafeEqual(Buffer.from(sign(fingerprint, verdict)), Buffer.from(signature))) return;
    if (verdict.until <= clock.now() || verdict.until < (entries.get(fingerprint)?.until ?? 0)) return;
    entries.set(fingerprint, verdict);
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
    for (const [fingerprint, { until }] of entries) if (until <= now) entries.delete(fingerprint);
    for (const fingerprint of entries.keys()) {
      if (entries.size <= mostEntries) break;
      entries.delete(fingerprint);
    }
  }

  const lineOf = (fingerprint: Digest, verdict: BookedVerdict) =>
    `${fingerprint} ${verdict.until} ${verdict.rules} ${sign(fingerprint, verdict)}\n`;

  async function append(fingerprint: Digest, verdict: BookedVerdict): Promise<void> {
    if (lines > entries.size + slack) {
      forgetOld();
      const text = [...entries].map(([each, known]) => lineOf(each, known)).join('');
      await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
      lines = entries.size;
      return;
    }
    // A line that a crash cut off must not take the next one with it.
    await appendFile(file, `${isBegun ? '' : '\n'}${lineOf(fingerprint, verdict)}`, { mode: 0o600 });
    isBegun = true;
    lines++;
    syncSoon();
  }

  /** A start need not wait for the disk: only where the power goes in that moment is it judged anew. */
  function syncSoon(): void {
    isToBeSynced ||= Boolean(
      setTimeout(() => {
        isToBeSynced = false;
        sync().catch((error: unknown) => log.warn({ file, error: messageOf(error) }, 'the book was not synced'));
      }, syncAfter).unref(),
    );
  }

  async function sync(): Promise<void> {
    const handle = await open(file, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  return {
    async find(fingerprint) {
      await loaded();
      const known = entries.get(fingerprint);
      return known !== undefined && known.until > clock.now() ? known : undefined;
    },
    async admit(fingerprint, verdict) {
      await loaded();
      const now = clock.now();
      const known = entries.get(fingerprint);
      // A container that starts every second is not worth a line each time: half of the time must have passed.
      if (known?.rules === verdict.rules && known.until - now > (verdict.until - now) / 2) return;
      entries.set(fingerprint, verdict);
      last = last.catch(() => undefined).then(() => append(fingerprint, verdict));
      await last;
    },
  };
}
