import { describe, expect, it } from 'vitest';
import type { LaunchSet } from '../../model/index.ts';
import { rememberLaunches } from './remember-launches.ts';

function scene() {
  const read: string[] = [];
  const remember = rememberLaunches();
  const ask = (body: string, beside = '') =>
    remember(Buffer.from(body), beside, (): LaunchSet => {
      read.push(`${body.slice(0, 10)} ${beside}`);
      if (body === 'bad') throw new Error('it is bad');
      return { form: 'docker', requests: [] };
    });
  return { read, ask };
}

describe('rememberLaunches', () => {
  it('reads the same once, and whatever differs anew', () => {
    const { read, ask } = scene();
    expect(ask('a', 'x')).toBe(ask('a', 'x'));
    for (const [body, beside] of [
      ['a', 'y'],
      ['a ', 'x'],
      ['A', 'x'],
    ] as const)
      ask(body, beside);
    expect(read).toEqual(['a x', 'a y', 'a  x', 'A x']);
  });

  it('reads anew what was refused, and what is long', () => {
    const { read, ask } = scene();
    for (const _ of [1, 2]) expect(() => ask('bad')).toThrow('it is bad');
    for (const _ of [1, 2]) ask('x'.repeat(20_000));
    expect(read).toHaveLength(4);
  });

  it('keeps the last that were asked', () => {
    const { read, ask } = scene();
    for (let count = 0; count < 500; count++) ask(`${count}`);
    ask('0');
    ask('another');
    read.length = 0;
    ask('0');
    ask('1');
    expect(read).toEqual(['1 ']);
  });
});
