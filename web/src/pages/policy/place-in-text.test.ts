import { describe, expect, it } from 'vitest';
import { offsetOf, placeIn } from './place-in-text.ts';

describe('placeIn', () => {
  it.each([
    ['editor:3:12: is not known', { line: 3, column: 12 }],
    ['editor:3: is not known', undefined],
    ['other:3:12: is not known', undefined],
    ['Registry/a names ImagePolicy "editor:1:1: "', undefined],
    ['', undefined],
  ])('of "%s" is %j', (message, place) => expect(placeIn(message, 'editor')).toEqual(place));
});

describe('offsetOf', () => {
  const text = 'one\ntwo\n\nfour';
  it.each([
    [1, 1, 0],
    [2, 2, 5],
    [2, 99, 7],
    [3, 1, 8],
    [4, 5, 13],
    [9, 1, 13],
  ])('line %i, column %i is at %i', (line, column, offset) => expect(offsetOf(text, { line, column })).toBe(offset));
});
