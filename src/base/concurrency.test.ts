import { describe, expect, it } from 'vitest';
import { mapConcurrent } from './concurrency.ts';

describe('mapConcurrent', () => {
  it('keeps the order and never runs more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrent([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, item));
      running--;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('rejects with the first failure', async () => {
    await expect(mapConcurrent([1, 2], 2, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
