import { type DecodeOptions, decode, encode, Tokenizer } from 'cborg';
import { asArray, asNumber, type Instant } from '../../base/index.ts';
import { type RejectedTrust, rejected } from '../../model/index.ts';
import { envelopeLimits, type NotationEnvelope, timestampHeader } from './notation-envelope.ts';
import { findAlgorithm } from './signature-algorithm.ts';

/** Labels of header parameters: RFC 9052 section 3.1, RFC 9360 section 2. */
const label = { algorithm: 1, critical: 2, contentType: 3, certificates: 33 } as const;

/**
 * A COSE envelope: COSE_Sign1_Tagged (Notary Project COSE envelope specification; RFC 9052 sections 3 and 4.2). The hash
 * envelope, whose payload is a hash without a description, is not taken: it has no content type.
 */
export function parseCoseEnvelope(bytes: Uint8Array): NotationEnvelope | RejectedTrust {
  const message = readCbor(bytes, true);
  const parts = message instanceof Sign1 ? asArray(message.value) : undefined;
  if (parts?.length !== 4) return malformed('the envelope is not one COSE_Sign1 message');
  const [protectedBytes, unprotected, payload, signature] = parts;
  if (!isBytes(protectedBytes) || !isBytes(payload) || !isBytes(signature))
    return malformed('header, payload or signature of the COSE message is not there');

  const header = readCbor(protectedBytes, false);
  if (!isHeader(header) || !isHeader(unprotected)) return malformed('a header of the COSE message is malformed');
  // RFC 9052 section 3: a label occurs once, in one of the two.
  if ([...unprotected.keys()].some((key) => header.has(key) || key === label.critical || key === label.algorithm))
    return malformed('the unprotected header repeats what is protected, or says what must be');

  const algorithm = findAlgorithm(asNumber(header.get(label.algorithm)));
  if (algorithm === undefined)
    return rejected('unsupported', 'the COSE message names an algorithm that is not accepted');
  const critical = asArray(header.get(label.critical));
  if (critical === undefined) return malformed('the protected header does not say what is critical');

  const certificates = asArray(header.get(label.certificates) ?? unprotected.get(label.certificates));
  if (certificates === undefined || certificates.length === 0 || !certificates.every(isBytes))
    return malformed('the COSE message has no list of certificates');
  if (certificates.length > envelopeLimits.certificates)
    return rejected('limit-exceeded', `the envelope has more than ${envelopeLimits.certificates} certificates`);
  const timestamp = unprotected.get(timestampHeader);
  if (timestamp !== undefined && !isBytes(timestamp)) return malformed('the timestamp is not a byte string');

  return {
    algorithm,
    // RFC 9052 section 4.4, Sig_structure, with no external data.
    signed: encode(['Signature1', protectedBytes, new Uint8Array(), payload]),
    signature,
    payload,
    contentType: header.get(label.contentType),
    critical,
    header,
    timeOf: readTime,
    certificates,
    ...(timestamp && { timestamp }),
  };
}

function malformed(message: string): RejectedTrust {
  return rejected('bad-bundle', message);
}

class Sign1 {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

class EpochTime {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** RFC 8949 section 3.4.2, in seconds. What a Date cannot hold is no time. */
function readTime(value: unknown): Instant | undefined {
  const seconds = value instanceof EpochTime ? asNumber(value.value) : undefined;
  return seconds !== undefined && Math.abs(seconds) <= 8.64e12 ? Math.trunc(seconds * 1000) : undefined;
}

/** More than an envelope has; nesting is bounded with it, since every level is an item. */
const mostItems = 512;

class BoundedTokenizer extends Tokenizer {
  private items = 0;

  override next() {
    if (++this.items > mostItems) throw new RangeError('too many items');
    return super.next();
  }
}

/**
 * One item in the shortest encoding, without indefinite lengths, unknown tags and repeated keys, and nothing behind it;
 * undefined for everything else.
 */
function readCbor(bytes: Uint8Array, isMessage: boolean): unknown {
  const options: DecodeOptions = {
    strict: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowInfinity: false,
    allowNaN: false,
    allowBigInt: false,
    useMaps: true,
    rejectDuplicateMapKeys: true,
    tags: isMessage ? { 18: (value) => new Sign1(value()) } : { 1: (value) => new EpochTime(value()) },
  };
  try {
    return decode(bytes, { ...options, tokenizer: new BoundedTokenizer(bytes, options) });
  } catch {
    // The library throws plain errors, and only for what is not such an item.
    return undefined;
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isHeader(value: unknown): value is ReadonlyMap<unknown, unknown> {
  // A key of another type would be told apart by identity, and so could be there twice.
  return value instanceof Map && [...value.keys()].every((key) => typeof key === 'string' || Number.isInteger(key));
}
