import { describe, expect, it } from 'vitest';
import { conditionFault, evaluateCondition } from './condition.ts';
import { ConditionTime, conditionLimits } from './condition-input.ts';

const list = Array.from({ length: 2000 }, (_, index) => ({ name: `n${index}`, licenses: ['MIT'] }));
const variables = {
  image: { repository: 'team/web', tag: null, labels: {} },
  passport: { components: list, text: 'x'.repeat(10) },
  now: new ConditionTime(Date.parse('2026-06-01')),
};

describe('a condition', () => {
  it.each([
    ['image.repository.startsWith("team/")', true],
    ['image.tag == null', true],
    ['passport.components.exists(c, c.name == "n1999")', true],
    ['passport.components.all(c, c.licenses.all(l, l == "MIT"))', true],
    ['passport.components[1].name == "n1" && size(passport.components) == 2000', true],
    ['"MIT" in passport.components[0].licenses', true],
    ['now - timestamp("2026-05-01T00:00:00Z") > duration("24h")', true],
    ['has(image.labels.owner)', false],
    ['has(image.constructor) || has(image.__proto__)', false],
  ])('%s: %s', (text, value) => {
    expect(conditionFault(text, 'image')).toBeUndefined();
    expect(evaluateCondition(text, 'image', variables)).toBe(value);
  });

  it.each([
    ['a field that is not there', 'image.nothing == 1', 'field not found'],
    ['text for truth', 'image.repository', 'neither true nor false'],
    ['another type', 'image.repository > 1', 'overload'],
    ['nothing that was read', 'attestations[0].predicate.a == 1', 'undecided'],
    [
      'too many steps',
      'passport.components.all(a, passport.components.exists(b, a.name + "x" == b.name) || true)',
      'steps',
    ],
    [
      'too many steps, hidden',
      'passport.components.all(a, !passport.components.exists(b, a.name + "x" == b.name)) || true',
      'steps',
    ],
    ['what is refused', 'pasport == null', 'did you mean'],
  ])('is undecided, never true: %s', (_, text, reason) => {
    const result = evaluateCondition(text, 'image', variables);
    expect(result).toEqual({ undecided: expect.any(String) });
    if (reason !== 'undecided') expect(JSON.stringify(result)).toContain(reason);
  });

  it('does not look at a text that is too long', () => {
    const long = { ...variables, image: { tag: 'x'.repeat(conditionLimits.textCharacters + 1) } };
    expect(evaluateCondition('image.tag != "a"', 'image', long)).toMatchObject({
      undecided: expect.stringContaining('longer'),
    });
  });

  it.each([
    ['', 'cannot be read'],
    ['('.repeat(2000), 'nests too deep'],
    [`${'['.repeat(40)}1${']'.repeat(40)}`, 'nests deeper'],
    ['a'.repeat(5000), 'longer than'],
    ['image.map(a, image.map(b, image.map(c, c)))', 'lists within lists'],
    ['google.protobuf.Struct{}', 'makes a message'],
    ['image.exist(a, a)', 'did you mean "exists"'],
    ['predicate.a', 'names "predicate"'],
  ])('is refused: %.40s', (text, fault) => expect(conditionFault(text, 'image')).toContain(fault));

  it('may be a long chain', () => {
    expect(conditionFault(Array(200).fill('image.a == "b"').join(' && '), 'image')).toBeUndefined();
  });
});
