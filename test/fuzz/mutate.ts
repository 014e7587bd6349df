import type { Random } from '../fakes/random.ts';

/** Numbers at which parsers of lengths and offsets turn: around powers of two and the ends of their ranges. */
const turningPoints = [
  0,
  1,
  2,
  7,
  8,
  127,
  128,
  255,
  256,
  511,
  512,
  32767,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

/** Text that has hurt a parser somewhere: of names, of paths, of JavaScript objects, of terminals. */
const hostileWords = [
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '/proc/self/root',
  '\0',
  '\u{202e}',
  '\x1b[31m',
  '\ufeff',
  '\ud800',
  '-1',
  '1e400',
  '99999999999999999999',
  'NaN',
  '%00',
  '\r\n',
  '[[[[[[[[[[[[[[[[',
  '{"a":{"a":{"a":{"a":',
  'a'.repeat(300),
];

type Change = (bytes: Buffer, random: Random, words: readonly string[], other: Uint8Array) => Buffer;

const changes: readonly Change[] = [
  // One bit, one byte, a turning point in either order of bytes.
  (bytes, random) =>
    at(bytes, random, 1, (copy, place) => copy.writeUInt8((copy[place] ?? 0) ^ (1 << random.integer(8)), place)),
  (bytes, random) => at(bytes, random, 1, (copy, place) => copy.writeUInt8(random.integer(256), place)),
  (bytes, random) =>
    at(bytes, random, 2, (copy, place) => copy.writeUInt16LE(random.pick(turningPoints) & 0xffff, place)),
  (bytes, random) => at(bytes, random, 4, (copy, place) => copy.writeUInt32LE(random.pick(turningPoints), place)),
  (bytes, random) => at(bytes, random, 4, (copy, place) => copy.writeUInt32BE(random.pick(turningPoints), place)),
  // The end is missing, a piece is missing, doubled, many times there, or from another input.
  (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = span(bytes, random);
    const times = random.chance(0.1) ? 100 : 1;
    return insert(bytes, to, Buffer.concat(Array.from({ length: times }, () => bytes.subarray(from, to))));
  },
  (bytes, random, _words, other) => {
    const [from, to] = span(Buffer.from(other), random);
    return insert(bytes, random.integer(bytes.length + 1), other.subarray(from, to));
  },
  // A word of the format, of attackers, or a number in place of one.
  (bytes, random, words) =>
    insert(bytes, random.integer(bytes.length + 1), Buffer.from(random.pick(words.length > 0 ? words : hostileWords))),
  (bytes, random) => insert(bytes, random.integer(bytes.length + 1), Buffer.from(random.pick(hostileWords))),
  (bytes, random) => {
    const numbers = [...bytes.toString('latin1').matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes;
    const { index, 0: digits } = random.pick(numbers);
    const value = Buffer.from(String(random.pick([...turningPoints, -1, Number.MAX_SAFE_INTEGER])));
    return Buffer.concat([bytes.subarray(0, index), value, bytes.subarray(index + digits.length)]);
  },
  // A line moved, as formats of lines and stanzas read it.
  (bytes, random) => {
    const lines = bytes.toString('latin1').split('\n');
    const [moved = ''] = lines.splice(random.integer(lines.length), 1);
    lines.splice(random.integer(lines.length + 1), 0, moved);
    return Buffer.from(lines.join('\n'), 'latin1');
  },
];

/** No input grows beyond it: what takes long for its size would only look like a finding. */
const largestInput = 256 * 1024;

/** An input made from one that is known, by a few changes. `other` is a second known input, to take pieces from. */
export function mutate(input: Uint8Array, other: Uint8Array, words: readonly string[], random: Random): Uint8Array {
  let bytes: Buffer = Buffer.from(input);
  const count = 1 + random.integer(random.chance(0.2) ? 12 : 3);
  for (let step = 0; step < count; step++) bytes = random.pick(changes)(bytes, random, words, other);
  return bytes.subarray(0, largestInput);
}

function at(bytes: Buffer, random: Random, size: number, write: (copy: Buffer, place: number) => void): Buffer {
  if (bytes.length < size) return bytes;
  const copy = Buffer.from(bytes);
  write(copy, random.integer(bytes.length - size + 1));
  return copy;
}

function span(bytes: Buffer, random: Random): readonly [number, number] {
  const from = random.integer(bytes.length + 1);
  return [from, Math.min(bytes.length, from + random.integer(random.chance(0.3) ? bytes.length + 1 : 33))];
}

function insert(bytes: Buffer, place: number, piece: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, place), piece, bytes.subarray(place)]);
}
