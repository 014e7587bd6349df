import type { KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { BoundError, type Instant, lazyLibrary, parseJson } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';
import { logEntryKey } from './log-entry-key.ts';
import type { SigstoreRoot } from './trusted-root.ts';

const core = lazyLibrary<typeof import('@sigstore/core')>('@sigstore/core');

/** How far the clock of a log or an authority may be ahead of ours, in milliseconds. */
const skew = 5 * 60_000;

/**
 * What the library leaves to its callers, once it has verified time stamps and inclusion: that each entry is of the very
 * key that signed, that its log was valid when it was signed, and that nothing was signed in the future. Gives the
 * earliest moment that a witness names.
 */
export function checkLogEntries(
  bundle: Bundle,
  root: SigstoreRoot,
  key: KeyObject,
  now: Instant,
): { readonly at: Instant | undefined } | RejectedTrust {
  const { tlogEntries, timestampVerificationData: stamps } = bundle.verificationMaterial;
  const stamped = (stamps?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) =>
    core().RFC3161Timestamp.parse(Buffer.from(signedTimestamp)).signingTime.getTime(),
  );
  const integrated = tlogEntries.flatMap(({ integratedTime, inclusionPromise }) =>
    inclusionPromise && integratedTime !== '0' ? [Number(integratedTime) * 1000] : [],
  );
  const times = [...stamped, ...integrated];
  if (times.some((time) => !(time <= now + skew))) return rejected('bad-timestamp', 'it is signed in the future');
  for (const entry of tlogEntries) {
    const named = logEntryKey(readBody(entry.canonicalizedBody));
    if (!named?.equals(key)) return rejected('bad-log-entry', 'the log entry is of a signature by another key');
    const log = root.tlogs.find(({ logID }) => logID.equals(entry.logId.keyId));
    if (!log) return rejected('not-logged', 'the log entry is of a log that is not trusted');
    const { start, end } = log.validFor;
    if (!times.every((time) => start.getTime() <= time && time <= end.getTime())) {
      return rejected('outside-validity', `the log ${log.baseURL} was not valid when it was signed`);
    }
  }
  return { at: times.length > 0 ? Math.min(...times) : undefined };
}

function readBody(bytes: Uint8Array): unknown {
  try {
    return parseJson(Buffer.from(bytes).toString('utf8'), 'the log entry');
  } catch (error) {
    // Without a body it names no key, and is refused for that.
    if (error instanceof BoundError) return undefined;
    throw error;
  }
}
