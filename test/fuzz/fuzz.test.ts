import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { FuzzFinding, type FuzzTarget, tryInput } from './fuzz-target.ts';
import { catalogTargets } from './targets/catalog-targets.ts';
import { fuzzTargets } from './targets/index.ts';

/** A bounded run of what `npm run fuzz` does at length: enough to see a parser that anything hurts. */
const casesHere = 1500;

describe.each(fuzzTargets)('$name', (target) => {
  it('takes its seeds', async () => {
    for (const seed of target.seeds) {
      const outcome = await tryInput(target, Buffer.from(seed as string));
      expect(outcome.kind, outcome.shape).toBe('value');
    }
  });

  it('gives a value or a typed refusal for whatever it is fed', async () => {
    const { finding } = await fuzz(target, { seed: 1, goOn: (cases) => cases < casesHere });
    if (finding)
      expect.fail(`${finding.error.message}\ninput (base64): ${Buffer.from(finding.input).toString('base64')}`);
  });
});

describe.each(catalogTargets)('$name', (target) => {
  it('finds what its seeds hold, so that what is made from them reaches the cataloger', async () => {
    for (const seed of target.seeds) {
      const found = await target.run(Buffer.from(seed as string));
      expect(found).toMatchObject({ components: expect.arrayContaining([expect.anything()]), problems: [] });
    }
  });
});

describe('fuzz', () => {
  const fragile: FuzzTarget = {
    name: 'a parser that trusts a length',
    covers: [],
    seeds: ['\x04abcd'],
    refuses: [RangeError],
    run(bytes) {
      const length = bytes[0] ?? 0;
      if (length > 200) throw new RangeError('too long');
      if (length > bytes.length + 20) throw new TypeError('read past the end');
      return bytes.subarray(1, 1 + length);
    },
  };

  it('finds what is no typed refusal, and gives the input that made it', async () => {
    const { finding } = await fuzz(fragile, { seed: 1, goOn: (cases) => cases < 10_000 });
    expect(finding?.error).toBeInstanceOf(FuzzFinding);
    expect(finding?.error.message).toContain('read past the end');
    await expect(tryInput(fragile, finding?.input as Uint8Array)).rejects.toThrow('read past the end');
  });

  it('makes the same inputs from the same seed', async () => {
    const inputsOf = async (seed: number) => {
      const inputs: string[] = [];
      const target: FuzzTarget = { ...fragile, run: (bytes) => void inputs.push(Buffer.from(bytes).toString('hex')) };
      await fuzz(target, { seed, goOn: (cases) => cases < 50 });
      return inputs;
    };
    expect(await inputsOf(7)).toEqual(await inputsOf(7));
    expect(await inputsOf(7)).not.toEqual(await inputsOf(8));
  });
});
