import { describe, expect, it } from 'vitest';
import { replyMessage } from './reply-message.ts';

describe('replyMessage', () => {
  const cases: readonly (readonly [[string, string?], string])[] = [
    [['refused'], 'refused'],
    [['refused.', 'leave it'], 'refused. leave it'],
    [['refused', ''], 'refused'],
    [['a\nb\r\n\tc\u0000d\u001b[31me\u009bf'], 'a b c d [31me f'],
    [['left \u202eright\u2066x\u200by\ufeff'], 'left right x y'],
    [['half \ud800'], 'half \ufffd'],
    [['größer 你好'], 'größer 你好'],
    [[' \n '], 'it is refused'],
  ];
  it.each(cases)('%j', (given, line) => expect(replyMessage(...given)).toBe(line));

  it('is 600 characters at most, and no half of one', () => {
    const line = replyMessage(`${'a'.repeat(598)}😀😀`);
    expect(line.length).toBeLessThanOrEqual(600);
    expect(line.isWellFormed()).toBe(true);
    expect(line.endsWith('…')).toBe(true);
  });
});
