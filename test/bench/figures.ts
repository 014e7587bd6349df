/** The `share` of all times that were no longer; times in any order. */
export function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

/** Says how long the work took. */
export async function timed<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  console.log(`  ${title} in ${((performance.now() - start) / 1000).toFixed(2)} s`);
  return result;
}

/** Bytes in use once what nobody holds is gone; typed arrays are in `external`. Needs --expose-gc. */
export function memoryInUse(): number {
  if (globalThis.gc === undefined) throw new Error('memory is measured with: node --expose-gc');
  // The second one frees what the first one's finalizers let go.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
