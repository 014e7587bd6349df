/** What gpgv says of a message with one signature (GnuPG, doc/DETAILS, "Format of the --status-fd output"). */
export type GpgvVerdict =
  | {
      readonly state: 'good';
      /** Of the primary key, in upper-case hex. */
      readonly fingerprint: string;
      /** Seconds since 1970. */
      readonly signedAt: number;
    }
  | { readonly state: 'bad' | 'no-key' | 'expired' | 'revoked' | 'malformed' };

/**
 * Reads the status lines. Anything but one signature that is good in every way is none: a key that has expired, a second
 * signature, a line that says less. Total.
 */
export function parseGpgvStatus(text: string): GpgvVerdict {
  const lines = text.split('\n').flatMap((line) => (line.startsWith('[GNUPG:] ') ? [line.slice(9).split(' ')] : []));
  const words = new Set(lines.map(([word]) => word));
  if (words.has('BADSIG')) return { state: 'bad' };
  if (words.has('REVKEYSIG')) return { state: 'revoked' };
  if (words.has('EXPKEYSIG') || words.has('EXPSIG')) return { state: 'expired' };
  if (words.has('NO_PUBKEY') || words.has('ERRSIG')) return { state: 'no-key' };
  const valid = lines.filter(([word]) => word === 'VALIDSIG');
  const starts = lines.filter(([word]) => word === 'NEWSIG').length;
  if (valid.length !== 1 || starts > 1 || !words.has('GOODSIG')) return { state: 'malformed' };
  const [, signingKey = '', , time = '', , , , , , , primary = signingKey] = valid[0] ?? [];
  if (!/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(primary) || !/^\d{1,12}$/.test(time)) return { state: 'malformed' };
  return { state: 'good', fingerprint: primary, signedAt: Number(time) };
}
