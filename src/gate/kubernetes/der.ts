/** Writes the little DER (ITU-T X.690) that a certificate takes. Nothing is read here, and nothing from outside is written. */

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const octets: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  const length = content.length < 0x80 ? [content.length] : [0x80 | octets.length, ...octets];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

export function derSet(...parts: readonly Uint8Array[]): Buffer {
  return der(0x31, ...parts);
}

/** An integer that is not negative, from its octets. */
export function derInteger(octets: Uint8Array): Buffer {
  return der(0x02, ...((octets[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), octets);
}

export function derOctets(octets: Uint8Array): Buffer {
  return der(0x04, octets);
}

export const derTrue: Buffer = der(0x01, Buffer.from([0xff]));

/** Whole octets, of which the last has bits that are unused. */
export function derBits(octets: Uint8Array, unused = 0): Buffer {
  return der(0x03, Buffer.from([unused]), octets);
}

export function derText(text: string): Buffer {
  return der(0x0c, Buffer.from(text, 'utf8'));
}

/** An object identifier in dots. */
export function derOid(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): readonly number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128));
  return octets;
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 section 4.1.2.5). */
export function derTime(time: Date): Buffer {
  const text = time.toISOString().replace(/[-:T]|\.\d+/g, '');
  return time.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}
