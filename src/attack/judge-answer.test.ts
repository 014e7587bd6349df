import { describe, expect, it } from 'vitest';
import { isByGate, oneLine, refusalIn, wordsOf } from './judge-answer.ts';

const message = (text: string) => JSON.stringify({ message: text });

it.each([
  [200, '{}', undefined],
  [201, message('authorization denied by plugin x: no'), undefined],
  [403, message('authorization denied by plugin x: no'), { by: 'gate', words: 'plugin x: no' }],
  [500, message('plugin x failed with error: timeout'), { by: 'gate', words: 'plugin x failed with error: timeout' }],
  [400, message('bad parameter'), { by: 'engine', words: 'bad parameter' }],
  [301, '', { by: 'engine', words: 'the client is sent elsewhere (status 301)' }],
  [404, 'plain text\n', { by: 'engine', words: 'plain text' }],
  [0, '', { by: 'engine', words: 'the connection was closed without an answer' }],
])('of status %i and %j', (status, body, wanted) => {
  expect(refusalIn({ status, body })).toEqual(wanted && { state: 'held', ...wanted });
});

describe('what engines say', () => {
  it('is one line that moves no cursor, and is not endless', () => {
    expect(wordsOf({ status: 400, body: message('a\u001b[2Jb\nc\u202ed') })).toBe('a [2Jb c d');
    expect(oneLine('x'.repeat(10_000))).toHaveLength(300);
    expect(wordsOf({ status: 418, body: ' ' })).toBe('status 418');
    expect(wordsOf({ status: 400, body: '{"message":1}' })).toBe('{"message":1}');
  });

  it('is of a gate only where it is a refusal', () => {
    expect(isByGate({ status: 200, body: 'authorization denied by plugin x' })).toBe(false);
  });
});
