import { describe, expect, it } from 'vitest';
import { readFrom, writeBolt } from '../../../test/fakes/bolt-writer.ts';
import { BoltError, findBoltValue, type ReadBytes } from './bolt-file.ts';

const many = Object.fromEntries(
  Array.from({ length: 100 }, (_, i) => [`key-${String(i).padStart(3, '0')}`, `value ${i}`]),
);
const tree = {
  v1: {
    default: { containers: { pilot: { image: 'localhost/a:1' } }, images: { ...many, long: 'x'.repeat(20_000) } },
    empty: {},
  },
};
const database = writeBolt(tree);
const find = (bytes: Buffer, ...keys: string[]) => findBoltValue(readFrom(bytes), keys)?.toString();

describe('findBoltValue', () => {
  it('finds values in buckets of every form', () => {
    expect(find(database, 'v1', 'default', 'containers', 'pilot', 'image')).toBe('localhost/a:1');
    for (const [key, value] of Object.entries(many)) expect(find(database, 'v1', 'default', 'images', key)).toBe(value);
    expect(find(database, 'v1', 'default', 'images', 'long')).toBe('x'.repeat(20_000));
  });

  it.each([
    [['v2']],
    [['v1']],
    [['v1', 'default', 'containers', 'pilot', 'image', 'more']],
    [['v1', 'default', 'images', 'key-0005']],
    [['v1', 'default', 'images', 'a']],
    [['v1', 'empty', 'x']],
    [[]],
  ])('does not find %j', (keys) => {
    expect(find(database, ...keys)).toBeUndefined();
  });

  it('takes the newest meta page that is whole', () => {
    const other = writeBolt({ v1: { a: 'old' } }, 5);
    const newest = writeBolt({ v1: { a: 'new' } }, 8);
    const pages = Buffer.from(newest);
    other.copy(pages, 0, 0, 4096);
    expect(find(pages, 'v1', 'a')).toBe('new');
    pages[4096 + 40] = 0xff;
    expect(() => find(newest.subarray(0, 16), 'v1', 'a')).toThrow(BoltError);
    const damaged = Buffer.from(newest);
    damaged.fill(0, 0, 80);
    expect(find(damaged, 'v1', 'a')).toBe('new');
    damaged.fill(0, 4096, 4176);
    expect(() => find(damaged, 'v1', 'a')).toThrow('no valid meta page');
  });

  it('reads again where it was written meanwhile, but not for ever', () => {
    let transaction = 10;
    let reads = 0;
    const until = (calm: number): ReadBytes => {
      return (into, at) => {
        if (at === 0 && ++reads < calm) transaction += 2;
        return readFrom(writeBolt({ v1: { a: `of ${transaction}` } }, transaction))(into, at);
      };
    };
    expect(findBoltValue(until(4), ['v1', 'a'])?.toString()).toBe(`of ${transaction}`);
    reads = 0;
    expect(() => findBoltValue(until(1000), ['v1', 'a'])).toThrow('changes all the time');
  });

  it('refuses what is cut off', () => {
    for (const size of [0, 100, 4096, 8192, 8200, 12_000])
      expect(() => find(database.subarray(0, size), 'v1', 'default', 'images', 'key-050')).toThrow(BoltError);
  });
});
