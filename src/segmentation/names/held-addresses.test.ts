import { expect, it } from 'vitest';
import { createHeldAddresses } from './held-addresses.ts';

const made = () => {
  const held = createHeldAddresses({ ofOne: 3, ofAll: 5 });
  held.follow(new Set(['*.cdn.example', 'a.test', 'b.test']));
  return held;
};

it('is held until then, and no longer', () => {
  const held = made();
  expect(held.covers('a.test', ['198.51.100.1'], 10)).toBe(false);
  expect(held.hold('a.test', ['198.51.100.1'], 10, 0)).toBe(true);
  expect(held.covers('a.test', ['198.51.100.1'], 10)).toBe(true);
  expect(held.covers('a.test', ['198.51.100.1'], 11)).toBe(false);
  expect(held.covers('a.test', ['198.51.100.1', '198.51.100.2'], 10)).toBe(false);
  held.release('a.test');
  expect(held.covers('a.test', ['198.51.100.1'], 10)).toBe(false);
});

it('takes no more for a wildcard than its set does, whatever the names, until some have run out', () => {
  const held = made();
  expect(held.hold('a.cdn.example', ['1', '2'], 10, 0)).toBe(true);
  expect(held.hold('b.cdn.example', ['1', '2'], 20, 0)).toBe(false);
  expect(held.covers('b.cdn.example', ['1'], 1)).toBe(false);
  expect(held.hold('b.cdn.example', ['1'], 20, 0)).toBe(true);
  expect(held.hold('a.cdn.example', ['1', '2'], 15, 0)).toBe(true);
  expect(held.hold('c.cdn.example', ['1'], 20, 14)).toBe(false);
  expect(held.hold('c.cdn.example', ['1'], 20, 15)).toBe(true);
});

it('takes no more in all', () => {
  const held = made();
  expect(held.hold('a.test', ['1', '2', '3'], 10, 0)).toBe(true);
  expect(held.hold('b.test', ['1', '2', '3'], 10, 0)).toBe(false);
  expect(held.hold('b.test', ['1', '2'], 10, 0)).toBe(true);
});

it('counts anew where rules say other names', () => {
  const held = made();
  held.hold('a.cdn.example', ['1', '2'], 10, 0);
  held.follow(new Set(['*.example']));
  expect(held.hold('b.example', ['1', '2'], 10, 0)).toBe(false);
  expect(held.hold('b.example', ['1'], 10, 0)).toBe(true);
});
