import { describe, it } from 'vitest';
import { type EngineName, whyMissing } from './engine-needs.ts';

/**
 * `describe` for tests on real parts. Where one is missing there is a single skipped test instead that says why, and in
 * CI (CI=true) a failed one.
 */
export function describeWith(names: readonly EngineName[], title: string, define: () => void): void {
  const reason = whyMissing(...names);
  if (reason === undefined) {
    describe(title, define);
    return;
  }
  describe(title, () => {
    it(`needs ${names.join(', ')}`, (context) => {
      if (process.env.CI) throw new Error(reason);
      context.skip(reason);
    });
  });
}
