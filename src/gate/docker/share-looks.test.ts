import { describe, expect, it } from 'vitest';
import { shareLooks } from './share-looks.ts';

/** Looks that end when the test says so. */
function scene() {
  const begun: { readonly key: string; end(value: string): void; fail(): void }[] = [];
  const look = shareLooks<string>(
    (key) =>
      new Promise((resolve, reject) => {
        begun.push({ key, end: resolve, fail: () => reject(new Error('it fails')) });
      }),
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { begun, look, settle };
}

describe('shareLooks', () => {
  it('takes one look for all who came during another, begun after the last of them asked', async () => {
    const { begun, look, settle } = scene();
    const first = look('a');
    await settle();
    const others = [look('a'), look('a'), look('a')];
    await settle();
    expect(begun).toHaveLength(1);
    begun[0]?.end('old');
    expect(await first).toBe('old');
    await settle();
    expect(begun).toHaveLength(2);
    const late = look('a');
    expect(begun).toHaveLength(2);
    begun[1]?.end('new');
    expect(await Promise.all(others)).toEqual(['new', 'new', 'new']);
    await settle();
    // It came when the second had begun.
    expect(begun).toHaveLength(3);
    begun[2]?.end('newest');
    expect(await late).toBe('newest');
  });

  it('takes one for all who ask in the same turn', async () => {
    const { begun, look, settle } = scene();
    const all = [look('a'), look('a'), look('a')];
    await settle();
    begun[0]?.end('one');
    expect(await Promise.all(all)).toEqual(['one', 'one', 'one']);
    expect(begun).toHaveLength(1);
  });

  it('keeps things apart, and begins anew after a failure', async () => {
    const { begun, look, settle } = scene();
    const [a, b] = [look('a'), look('b')];
    await settle();
    const again = look('a');
    expect(begun.map(({ key }) => key)).toEqual(['a', 'b']);
    begun[0]?.fail();
    begun[1]?.end('b');
    await expect(a).rejects.toThrow('it fails');
    expect(await b).toBe('b');
    await settle();
    begun[2]?.end('better');
    expect(await again).toBe('better');
    await settle();
    void look('a');
    await settle();
    expect(begun).toHaveLength(4);
  });
});
