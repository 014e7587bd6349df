import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixedClock } from '../../base/index.ts';
import type { ProbeReport, Store } from '../../model/index.ts';
import { openStore } from '../../store/index.ts';
import { createProofDesk, type ProofDesk } from './proofs.ts';

const report: ProbeReport = {
  results: [],
  agreed: 3,
  disagreed: [],
  untried: [],
  left: [],
  names: {},
  isEveryPair: true,
  milliseconds: 5,
};
const clock = fixedClock(1_000_000_000);
const { signal } = new AbortController();
let store: Store;
let desk: ProofDesk;
beforeEach(async () => {
  clock.set(1_000_000_000);
  store = await openStore({ url: ':memory:' });
  desk = createProofDesk({ store, clock, askEvery: 1 });
  await store.traffic.putStatus({ host: 'quay', at: clock.now(), state: 'in-force', waiting: 0 });
});
afterEach(() => store.close());

async function taken() {
  for (;;) {
    const found = await desk.take('quay');
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
const ask = (options: Partial<Parameters<ProofDesk['ask']>[1]> = {}) =>
  desk.ask('quay', { signal, onProgress: () => undefined, ...options });

describe('a proof', () => {
  it('is done by the agent of the host, and who asked sees how far it is', async () => {
    const seen: number[] = [];
    const asked = ask({ onProgress: (tried) => seen.push(tried) });
    const proof = await taken();
    expect(await desk.take('quay')).toBeUndefined();
    expect(await proof.tell(7)).toBe(true);
    while (!seen.includes(7)) await new Promise((resolve) => setTimeout(resolve, 1));
    await proof.finish(report);
    expect(await asked).toEqual(report);
  });

  it.each([
    ['has no rules in force', 'idle', 0],
    ['has said nothing for long', 'in-force', 121_000],
  ] as const)('is not asked for where the agent %s', async (_, state, ago) => {
    await store.traffic.putStatus({ host: 'quay', at: clock.now() - ago, state, waiting: 0 });
    expect(await ask()).toBeUndefined();
    expect(await desk.ask('elsewhere', { signal, onProgress: () => undefined })).toBeUndefined();
    expect(await desk.take('quay')).toBeUndefined();
  });

  it('that no agent takes is given up, and none takes it later', async () => {
    const asked = ask();
    while ((await store.proofs.get(1)) === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    clock.set(clock.now() + 5001);
    expect(await asked).toBeUndefined();
    expect(await desk.take('quay')).toBeUndefined();
  });

  it('is given up where the agent falls silent, or says that it could not', async () => {
    const asked = ask();
    const proof = await taken();
    clock.set(clock.now() + 15_001);
    expect(await asked).toBeUndefined();
    expect(await proof.tell(1)).toBe(false);
    const again = ask();
    await (await taken()).giveUp();
    expect(await again).toBeUndefined();
  });

  it('ends where nobody waits for it any more', async () => {
    const waiting = new AbortController();
    const asked = ask({ signal: waiting.signal });
    const proof = await taken();
    waiting.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(await proof.tell(1)).toBe(false);
  });
});
