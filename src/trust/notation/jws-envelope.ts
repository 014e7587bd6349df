import { asArray, asObject, asString, type Instant, parseInstant } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';
import { readJsonObject } from './json-document.ts';
import { envelopeLimits, type NotationEnvelope, timestampHeader } from './notation-envelope.ts';
import { findAlgorithm } from './signature-algorithm.ts';

/**
 * A JWS envelope: flattened JSON serialization with nothing added (Notary Project JWS envelope specification; RFC 7515
 * section 7.2.2). Taken apart here rather than by a JOSE library, so that both formats are verified by the same few
 * lines, over the bytes as they were sent.
 */
export function parseJwsEnvelope(bytes: Uint8Array): NotationEnvelope | RejectedTrust {
  const envelope = readJsonObject(bytes, 'the JWS envelope');
  if (typeof envelope === 'string') return malformed(envelope);
  const unknown = Object.keys(envelope).find((key) => !['payload', 'protected', 'header', 'signature'].includes(key));
  if (unknown !== undefined) return malformed('the JWS envelope has members besides those of one flattened signature');

  const payload = fromBase64(envelope['payload'], 'base64url');
  const protectedBytes = fromBase64(envelope['protected'], 'base64url');
  const signature = fromBase64(envelope['signature'], 'base64url');
  if (!payload || !protectedBytes || !signature)
    return malformed('payload, protected header or signature is not base64url');

  const header = readJsonObject(protectedBytes, 'the protected header');
  if (typeof header === 'string') return malformed(header);
  const unprotected = asObject(envelope['header']);
  if (unprotected === undefined) return malformed('the JWS envelope has no certificates');
  // RFC 7515 section 7.2.2: what is protected must not be said again where anybody can change it.
  if (Object.keys(unprotected).some((key) => Object.hasOwn(header, key) || key === 'crit'))
    return malformed('the unprotected header repeats what is protected, or says what is critical');

  const algorithm = findAlgorithm(asString(header['alg']));
  if (algorithm === undefined) return rejected('unsupported', 'the JWS names an algorithm that is not accepted');
  const critical = asArray(header['crit']);
  if (critical === undefined) return malformed('the protected header does not say what is critical');

  const certificates = fromBase64List(unprotected['x5c']);
  if (certificates === 'too-many')
    return rejected('limit-exceeded', `the envelope has more than ${envelopeLimits.certificates} certificates`);
  if (certificates === undefined) return malformed('the JWS envelope has no list of certificates');
  const timestamp = fromBase64(unprotected[timestampHeader], 'base64');
  if (timestamp === undefined && unprotected[timestampHeader] !== undefined)
    return malformed('the timestamp is not base64');

  return {
    algorithm,
    signed: Buffer.from(`${envelope['protected']}.${envelope['payload']}`, 'ascii'),
    signature,
    payload,
    contentType: header['cty'],
    critical,
    header: new Map<unknown, unknown>(Object.entries(header)),
    timeOf: readTime,
    certificates,
    ...(timestamp && { timestamp }),
  };
}

function malformed(message: string): RejectedTrust {
  return rejected('bad-bundle', message);
}

/** RFC 3339 section 5.6: a date without a time, or a time without a zone, is none. */
function readTime(value: unknown): Instant | undefined {
  const text = asString(value) ?? '';
  return /^[\d-]{10}T[\d:]{8}(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? parseInstant(text) : undefined;
}

/** The bytes, if the text is the one way of writing them. Node's decoder alone skips whatever it does not know. */
function fromBase64(value: unknown, encoding: 'base64' | 'base64url'): Buffer | undefined {
  const text = asString(value);
  if (text === undefined || text === '') return undefined;
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : undefined;
}

function fromBase64List(value: unknown): readonly Buffer[] | 'too-many' | undefined {
  const items = asArray(value);
  if (items === undefined || items.length === 0) return undefined;
  if (items.length > envelopeLimits.certificates) return 'too-many';
  const list = items.map((item) => fromBase64(item, 'base64')).filter((item) => item !== undefined);
  return list.length === items.length ? list : undefined;
}
