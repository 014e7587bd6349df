import { createHmac, timingSafeEqual } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { type Log, messageOf } from '../base/index.ts';

/** Keeps something on the disk of the host for the next start. */
export interface SignedBook<Value> {
  write(value: Value): Promise<void>;
  /** Undefined where nothing was kept, or the file is not as it was written. */
  read(): Promise<Value | undefined>;
}

export interface BookParts {
  readonly file: string;
  /** Signs what is kept; whoever can only write the file cannot open anything. */
  readonly key: Uint8Array;
  readonly log: Log;
}

const maxBytes = 256 * 2 ** 20;

/** `form`: a book of another form counts for nothing. `what` it is, for the log. */
export function createSignedBook<Value>({ file, key, log }: BookParts, form: string, what: string): SignedBook<Value> {
  const sign = (text: string) => createHmac('sha256', key).update(`${form} ${text}`).digest('hex');
  let kept: string | undefined;

  return {
    async write(value) {
      const text = JSON.stringify(value, encode);
      if (text === kept) return;
      const beside = `${file}.new`;
      const handle = await open(beside, 'w', 0o600);
      try {
        await handle.writeFile(`${sign(text)}\n${text}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(beside, file);
      kept = text;
    },

    async read() {
      let bytes: string;
      try {
        bytes = (await stat(file)).size > maxBytes ? '' : await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
          log.warn({ file, error: messageOf(error) }, `${what} cannot be read`);
        }
        return undefined;
      }
      const [signature = '', text = ''] = bytes.split('\n', 2);
      const expected = Buffer.from(sign(text));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        log.warn({ file }, `${what} are not as they were written: they count for nothing`);
        return undefined;
      }
      kept = text;
      return JSON.parse(text, decode) as Value;
    },
  };
}

/** Addresses of version 6 are big integers, which JSON has no form for. */
function encode(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: value.toString() } : value;
}

function decode(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { bigint, ...others } = value as { readonly bigint?: unknown };
  return typeof bigint === 'string' && Object.keys(others).length === 0 ? BigInt(bigint) : value;
}
