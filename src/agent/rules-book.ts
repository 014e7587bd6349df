import { createHmac, timingSafeEqual } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { type Log, messageOf } from '../base/index.ts';
import type { DenyList, SecurityGroup } from '../model/index.ts';

/** Which groups and lists hold. */
export interface TrafficRules {
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
}

/** Keeps the rules that held last on the disk of the host, for a start while the store is away. */
export interface RulesBook {
  write(rules: TrafficRules): Promise<void>;
  /** Undefined where none were kept, or the file is not as it was written. */
  read(): Promise<TrafficRules | undefined>;
}

export interface RulesBookParts {
  readonly file: string;
  /** Signs what is kept; whoever can only write the file cannot open anything. */
  readonly key: Uint8Array;
  readonly log: Log;
}

const maxBytes = 256 * 2 ** 20;
const form = 'portwarden-rules-1';

export function createRulesBook({ file, key, log }: RulesBookParts): RulesBook {
  const sign = (text: string) => createHmac('sha256', key).update(`${form} ${text}`).digest('hex');
  let kept: string | undefined;

  return {
    async write(rules) {
      const text = JSON.stringify(rules, encode);
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
        bytes = await readFile(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
          log.warn({ file, error: messageOf(error) }, 'the rules that held last cannot be read');
        }
        return undefined;
      }
      const [signature = '', text = ''] = bytes.length > maxBytes ? [] : bytes.split('\n');
      const expected = Buffer.from(sign(text));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        log.warn({ file }, 'the rules that held last are not as they were written: they count for nothing');
        return undefined;
      }
      kept = text;
      return JSON.parse(text, decode) as TrafficRules;
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
