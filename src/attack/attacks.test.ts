import { expect, it } from 'vitest';
import { attacks, selectAttacks } from './attacks.ts';

it('has many attacks, each with an ID of its own and what a reader needs', () => {
  expect(attacks.length).toBeGreaterThan(120);
  expect(new Set(attacks.map(({ id }) => id)).size).toBe(attacks.length);
  for (const { id, title, why, reference } of attacks) {
    expect(id).toMatch(/^docker\/[a-z]+\/[a-z0-9][a-z0-9.-]*$/);
    for (const text of [title, why, reference]) expect(text, id).toMatch(/^\S.{3,160}\S$/);
  }
});

it.each([
  [[], attacks.length],
  [['docker/body/long-s'], 1],
  [['docker/exec', 'docker/exec/plain'], 8],
  [['docker'], attacks.length],
])('of %j selects %i', (only, count) => {
  expect(selectAttacks(only)).toHaveLength(count);
});

it.each(['docker/bod', 'kubernetes', '', 'docker/body/'])('knows nothing called "%s"', (only) => {
  expect(() => selectAttacks([only])).toThrow(expect.objectContaining({ code: 'unknown-attack' }));
});
