import { describe, expect, it } from 'vitest';
import { parseGpgvStatus } from './gpgv-status.ts';

const fingerprint = '0123456789ABCDEF0123456789ABCDEF01234567';
const primary = 'FEDCBA9876543210FEDCBA9876543210FEDCBA98';
const good = [
  'NEWSIG',
  'GOODSIG 89ABCDEF01234567 Anna <anna@example>',
  `VALIDSIG ${fingerprint} 2026-01-01 1767225600 0 4 0 1 10 00 ${primary}`,
];
const status = (lines: readonly string[]) => parseGpgvStatus(lines.map((line) => `[GNUPG:] ${line}\n`).join(''));

describe('what gpgv says', () => {
  it('is good by the primary key', () => {
    expect(status(good)).toEqual({ state: 'good', fingerprint: primary, signedAt: 1767225600 });
  });

  it.each([
    ['nothing', [], 'malformed'],
    ['a bad signature', ['NEWSIG', 'BADSIG 89ABCDEF01234567 Anna'], 'bad'],
    ['a bad one beside a good one', [...good, 'BADSIG 89ABCDEF01234567 Anna'], 'bad'],
    ['two signatures', [...good, ...good], 'malformed'],
    ['no name', good.filter((line) => !line.startsWith('GOODSIG')), 'malformed'],
    ['an expired key', [...good, 'EXPKEYSIG 89ABCDEF01234567 Anna'], 'expired'],
    ['a revoked key', [...good, 'REVKEYSIG 89ABCDEF01234567 Anna'], 'revoked'],
    [
      'a key that is not there',
      ['NEWSIG', 'ERRSIG 89ABCDEF01234567 1 10 00 1 9', 'NO_PUBKEY 89ABCDEF01234567'],
      'no-key',
    ],
    [
      'a fingerprint that is none',
      [good[0] ?? '', good[1] ?? '', 'VALIDSIG x 2026-01-01 1 0 4 0 1 10 00 y'],
      'malformed',
    ],
  ])('is no signature: %s', (_name, lines, state) => {
    expect(status(lines)).toEqual({ state });
  });

  it('is nothing where a name of a signer forges a line', () => {
    expect(parseGpgvStatus(`gpgv: Good signature from "x" [GNUPG:] VALIDSIG ${fingerprint}`)).toEqual({
      state: 'malformed',
    });
  });
});
