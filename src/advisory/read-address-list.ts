import { decodeUtf8, readBounded } from '../base/index.ts';
import { AdvisoryError } from './advisory-error.ts';
import { feedLimits } from './source/feed-limits.ts';
import { isSafe } from './source/feed-location.ts';
import { openResponse } from './source/open-response.ts';

/** Bytes of a list. */
const listBytes = 32 * 2 ** 20;
const limits = { ...feedLimits, downloadTime: 120_000 };

/**
 * The text behind a URL of a list of bad addresses: of https, or of this machine. Redirects and proxies as for feeds. Throws
 * AdvisoryError: `unreachable`, `too-slow`, `refused`, `too-large`, `aborted`.
 */
export async function readAddressList(text: string, signal: AbortSignal): Promise<string> {
  const url = URL.parse(text);
  if (!url || !isSafe(url)) {
    throw new AdvisoryError('refused', `${text.slice(0, 200)} is no https URL`, { remedy: 'write https://…' });
  }
  const { response, close } = await openResponse(url, {}, limits, signal);
  try {
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new AdvisoryError('refused', `${url.href} answers with status ${response.statusCode}`);
    }
    return decodeUtf8(await readBounded(response.body, listBytes, url.href), url.href);
  } finally {
    await close();
  }
}
