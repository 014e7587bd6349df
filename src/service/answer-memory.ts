import { type Clock, formatInstant, type Instant, type Log, messageOf } from '../base/index.ts';

/** How long an answer of the store is taken for the truth, and how long it may be used while the store is away. */
const freshFor = 1000;
const usableFor = 24 * 3_600_000;
const mostRemembered = 50_000;

/** An answer, or why there is none. */
export type Known<Value> = { readonly value: Value } | { readonly away: string };

export async function attempt<Value>(ask: () => Promise<Value>): Promise<Known<Value>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { away: messageOf(error) };
  }
}

const manifestBytesKept = 32 * 2 ** 20;

/** The manifests that were asked for last, up to a number of bytes. */
export function createManifestMemory() {
  const kept = new Map<string, { readonly bytes: Uint8Array }>();
  let size = 0;
  return async <Manifest extends { readonly bytes: Uint8Array }>(
    key: string,
    read: () => Promise<Manifest>,
  ): Promise<Manifest> => {
    const known = kept.get(key);
    if (known) return known as Manifest;
    const manifest = await read();
    if (!kept.has(key)) size += manifest.bytes.byteLength;
    kept.set(key, manifest);
    for (const [oldest, { bytes }] of kept) {
      if (size <= manifestBytesKept) break;
      kept.delete(oldest);
      size -= bytes.byteLength;
    }
    return manifest;
  };
}

/** Answers of the store by key: asked again when they are not fresh, used while the store is away. */
export function createAnswerMemory<Value>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  isWorthKeeping: (value: Value) => boolean,
) {
  const remembered = new Map<string, { readonly value: Value; readonly at: Instant }>();
  const asking = new Map<string, Promise<Known<Value>>>();
  return async (key: string, ask: () => Promise<Value>): Promise<Known<Value>> => {
    const known = remembered.get(key);
    const now = clock.now();
    if (known && now - known.at < freshFor) return known;
    const pending = asking.get(key) ?? attempt(ask);
    asking.set(key, pending);
    const answer = await pending;
    asking.delete(key);
    if ('value' in answer) {
      remembered.delete(key);
      if (isWorthKeeping(answer.value)) remembered.set(key, { value: answer.value, at: now });
      const [oldest] = remembered.keys();
      if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
      return answer;
    }
    if (!known || now - known.at > usableFor) return answer;
    log.warn({ key, why: answer.away, known: formatInstant(known.at) }, 'the store is away; goes on by what is known');
    return known;
  };
}
