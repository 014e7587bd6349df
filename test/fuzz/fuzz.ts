import { createRandom } from '../fakes/random.ts';
import { FuzzFinding, type FuzzTarget, tryInput } from './fuzz-target.ts';
import { mutate } from './mutate.ts';

export interface FuzzRun {
  readonly seed: number;
  /** Asked before each input. */
  readonly goOn: (cases: number) => boolean;
  readonly onProgress?: (state: { cases: number; kept: number }) => void;
}

export interface FuzzReport {
  readonly cases: number;
  /** Inputs with an outcome that none before them had. */
  readonly kept: number;
  /** The first finding, with the input that made it. */
  readonly finding?: { readonly error: FuzzFinding; readonly input: Uint8Array };
}

const keptAtMost = 2000;

/**
 * Feeds a target with inputs made from its seeds and from those inputs whose outcome was of a new kind. The same seed
 * gives the same inputs. Ends with the first finding.
 */
export async function fuzz(target: FuzzTarget, run: FuzzRun): Promise<FuzzReport> {
  const random = createRandom(run.seed);
  const corpus = target.seeds.map((seed): Uint8Array => Buffer.from(seed as string));
  const shapes = new Set<string>();
  let cases = 0;
  let input: Uint8Array = corpus[0] as Uint8Array;
  const report = () => ({ cases, kept: corpus.length - target.seeds.length });
  try {
    for (input of [...corpus]) shapes.add((await tryInput(target, input)).shape);
    while (run.goOn(cases)) {
      input = mutate(random.pick(corpus), random.pick(corpus), target.words ?? [], random);
      const { shape } = await tryInput(target, input);
      cases++;
      if (!shapes.has(shape)) {
        shapes.add(shape);
        if (corpus.length < keptAtMost) corpus.push(input);
      }
      run.onProgress?.(report());
    }
  } catch (error) {
    if (!(error instanceof FuzzFinding)) throw error;
    return { ...report(), finding: { error, input } };
  }
  return report();
}
