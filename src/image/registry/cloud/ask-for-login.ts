import {
  asNumber,
  asObject,
  asString,
  BoundError,
  decodeUtf8,
  type Instant,
  type JsonObject,
  parseJson,
} from '../../../base/index.ts';
import { ImageError } from '../../image-error.ts';
import type { Ambient, AmbientAnswer, AmbientRequest } from './ambient.ts';

/** Bytes of an answer of a metadata service or a token endpoint. */
export const maxLoginAnswer = 64 * 1024;
/** Bytes of a file with a token or a key. */
export const maxLoginFile = 64 * 1024;

export function loginFailure(message: string, remedy: string): ImageError {
  return new ImageError('credential-failure', message, { remedy });
}

/**
 * The body of a 200. `what` says what was asked of whom: "asking STS for credentials". Throws ImageError
 * `credential-failure` for any other status, with the error code that the answer gives but none of its other words: they
 * may repeat what was sent.
 */
export async function askForLogin(
  ambient: Ambient,
  request: AmbientRequest,
  what: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { status, body } = await sendForLogin(ambient, request, what, signal);
  if (status === 200) return body;
  throw refusedLogin(what, request, status, body);
}

/** The answer, whatever its status; failures of the network are told as `credential-failure`. */
export async function sendForLogin(
  ambient: Ambient,
  request: AmbientRequest,
  what: string,
  signal: AbortSignal,
): Promise<AmbientAnswer> {
  try {
    return await ambient.request(request, maxLoginAnswer, signal);
  } catch (cause) {
    if (!(cause instanceof ImageError) || cause.code === 'aborted') throw cause;
    const remedy = cause.remedy ?? `Look whether ${request.url.host} can be reached from here.`;
    throw new ImageError('credential-failure', `${what} failed: ${cause.message}`, { cause, remedy });
  }
}

/** What a metadata service says to a first knock: undefined where nobody is at home within a second. */
export async function knock(
  ambient: Ambient,
  request: AmbientRequest,
  signal: AbortSignal,
): Promise<AmbientAnswer | undefined> {
  try {
    return await ambient.request({ ...request, patience: 1000 }, maxLoginAnswer, signal);
  } catch (error) {
    if (!(error instanceof ImageError) || error.code === 'aborted') throw error;
    // A machine of no cloud has nobody there, or somebody else.
    return undefined;
  }
}

export function refusedLogin(what: string, { url }: AmbientRequest, status: number, body: Uint8Array): ImageError {
  const why = status >= 300 && status < 400 ? 'redirects, which is not followed' : `answered ${status}`;
  const code = refusalCode(body);
  return loginFailure(
    `${what} failed: ${url.host} ${why}${code ? ` (${code})` : ''}`,
    status >= 500 || status === 429 ? 'Try again in a moment.' : 'Look whether this identity exists and may do that.',
  );
}

/**
 * RFC 6749, 5.2 has `error`, Google's APIs `status`, Azure codes within its description; AWS has `__type` in JSON and
 * `Code` in XML. All of them are words: anything that looks like a secret is none.
 */
function refusalCode(body: Uint8Array): string | undefined {
  const text = Buffer.from(body).toString('latin1');
  const code =
    /\b(AADSTS\d{1,10})\b/.exec(text) ??
    /"(?:__type|error|code|status)"\s*:\s*"(?:[a-z.]{1,60}#)?([A-Za-z_]{1,60})"/.exec(text) ??
    /<Code>([A-Za-z]{1,60})<\/Code>/.exec(text);
  return code?.[1];
}

/** A JSON object. Throws ImageError `credential-failure`, without a word of what it was given: it may hold secrets. */
export function parseLoginAnswer(bytes: Uint8Array, what: string): JsonObject {
  let why = 'its answer is not a JSON object';
  try {
    const answer = asObject(parseJson(decodeUtf8(bytes, 'its answer'), 'its answer'));
    if (answer) return answer;
  } catch (error) {
    if (!(error instanceof BoundError)) throw error;
    // Not as a cause: that of JSON.parse quotes the text.
    why = error.message;
  }
  throw loginFailure(
    `${what} failed: ${why}`,
    'Look at what stands at that address: it is not what is expected there.',
  );
}

/** What may go into a header or a form as it is: visible ASCII, at most 32 KB. Throws ImageError `credential-failure`. */
export function asVisibleText(value: unknown, what: string): string {
  const text = asString(value);
  if (text !== undefined && /^[\x21-\x7e]{1,32768}$/.test(text)) return text;
  throw loginFailure(
    `${what} is ${text === undefined || text === '' ? 'missing' : 'not what it must be'}`,
    'Look at what issues it.',
  );
}

const longestLife = 48 * 3_600_000;

/**
 * When something expires that holds for so many seconds (a number, or digits as Azure's IMDS writes them). `now` where it
 * says nothing sensible: then it is used, and not kept.
 */
export function expiresIn(seconds: unknown, now: Instant): Instant {
  const text = asString(seconds);
  const value = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : asNumber(seconds);
  return value === undefined || value <= 0 ? now : expiresAt(now + value * 1000, now);
}

/** An instant that an answer gives, within reason. */
export function expiresAt(instant: Instant | undefined, now: Instant): Instant {
  return instant === undefined || !(instant > now) ? now : Math.min(instant, now + longestLife);
}
