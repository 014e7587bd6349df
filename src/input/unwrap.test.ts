import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unwrapValue } from './unwrap.ts';

const texts = (value: string): readonly string[] => unwrapValue(value).texts.map(({ text }) => text);

describe('a value', () => {
  it.each<[value: string, inner: string]>([
    ['{"a":{"b":["x;id"]}}', 'x;id'],
    ['{"x;id":1}', 'x;id'],
    ['"x;id"', 'x;id'],
    ['<a b="x&#59;id"/>', 'x;id'],
    ['<a>x;id</a>', 'x;id'],
    ['x%3Bid', 'x;id'],
    ['a=x;id', 'x;id'],
    ['https://a.example/?q=x%3Bid', 'x;id'],
    ['Y2F0IC9ldGMvcGFzc3dk', 'cat /etc/passwd'],
    [Buffer.from('cat /etc/passwd').toString('hex'), 'cat /etc/passwd'],
    ['\\x63\\x61\\x74\\x20\\x78', 'cat x'],
    [Buffer.from('cat /etc/passwd', 'utf16le').toString('base64'), 'cat /etc/passwd'],
    ['\\u0063\\u0061\\u0074\\u0020\\u0078', 'cat x'],
    ['\\143\\141\\164\\040\\170', 'cat x'],
    ['MNQXIIBPMV2GGL3QMFZXG53E', 'cat /etc/passwd'],
    ['63 61 74 20 2f 65 74 63', 'cat /etc'],
    [`0x${Buffer.from('cat /etc/passwd').toString('hex')}`, 'cat /etc/passwd'],
    [deflateRawSync('cat /etc/passwd; cat /etc/shadow').toString('base64'), 'cat /etc/passwd; cat /etc/shadow'],
    [
      `${Buffer.from('cat /etc/passwd; cat /etc/shadow; cat /etc/group')
        .toString('base64')
        .replace(/.{20}/g, '$&\n')}\n`,
      'cat /etc/passwd; cat /etc/shadow; cat /etc/group',
    ],
  ])('%s holds %s', (value, inner) => {
    expect(texts(value)).toContain(inner);
  });

  it('is not shown again as the JSON that it is', () => {
    expect(texts('{"a":1}')).toEqual(['a']);
  });

  it('says that a bound was met', () => {
    expect(unwrapValue(JSON.stringify(Array.from({ length: 30_000 }, (_, index) => `v${index}`))).cut).toBe(true);
    expect(unwrapValue('x').cut).toBe(false);
  });

  it('is looked into behind many words that might be encoded', () => {
    const words = Array.from({ length: 100 }, (_, index) => `SomeWordOfMany${index}`).join(' ');
    expect(texts(`${words} ${Buffer.from('cat /etc/passwd').toString('base64')}`)).toContain('cat /etc/passwd');
  });

  it('says that more is packed in it than is looked into', () => {
    const packed = gzipSync(Buffer.alloc(2_000_000, 'a')).toString('base64');
    expect(unwrapValue(packed).cut).toBe(true);
  });

  it('is not inflated without end', () => {
    // Two megabytes of zeros.
    const bomb = Buffer.from(new Uint8Array(2_000_000));
    expect(unwrapValue(bomb.toString('base64')).texts.length).toBeLessThan(5);
  });
});
