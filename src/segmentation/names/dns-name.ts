import { SegmentationError } from '../segmentation-error.ts';

/** RFC 1035, section 3.1: of a whole name as it is sent, with all lengths and the root. */
const longestName = 255;
const longestLabel = 63;

/**
 * The name at an offset and where the next field begins. As RFC 1035, section 5.1 writes names, without the dot at the end;
 * the root is empty. Bytes that are no visible ASCII are written `\DDD`, and so are dots and backslashes within a label: a dot in
 * the text always stands between two.
 *
 * A pointer leads to before whatever was read of the name so far, so that no chain of them is endless (section 4.1.4).
 */
export function readName(bytes: Uint8Array, start: number): { readonly name: string; readonly next: number } {
  const labels: string[] = [];
  let at = start;
  let earliest = start;
  let next: number | undefined;
  let length = 1;
  for (;;) {
    const size = byteAt(bytes, at);
    if (size >= 0xc0) {
      const target = (size & 0x3f) * 256 + byteAt(bytes, at + 1);
      next ??= at + 2;
      if (target >= earliest) throw bad('a pointer leads forward');
      earliest = target;
      at = target;
      continue;
    }
    if (size > longestLabel) throw bad('a label of an unknown kind');
    if (size === 0) return { name: labels.join('.'), next: next ?? at + 1 };
    length += size + 1;
    if (length > longestName) throw bad('a name of more than 255 bytes');
    if (at + 1 + size > bytes.length) throw bad('it ends within a name');
    labels.push(formatLabel(bytes.subarray(at + 1, at + 1 + size)));
    at += size + 1;
  }
}

/** As it is sent, without pointers. */
export function writeName(name: string): Uint8Array {
  const bytes: number[] = [];
  if (name !== '') for (const label of labelsOf(name)) bytes.push(label.length, ...label);
  bytes.push(0);
  if (bytes.length > longestName) throw bad('a name of more than 255 bytes');
  return Uint8Array.from(bytes);
}

/** Names are the same whatever the case of their ASCII letters (RFC 4343); other bytes stand escaped. */
export function plainName(name: string): string {
  return name.toLowerCase();
}

function labelsOf(name: string): readonly (readonly number[])[] {
  const labels: number[][] = [[]];
  for (let at = 0; at < name.length; at++) {
    const character = name[at] as string;
    if (character === '.') {
      labels.push([]);
      continue;
    }
    let code = name.charCodeAt(at);
    if (character === '\\') {
      const digits = /^\d{3}/.exec(name.slice(at + 1, at + 4))?.[0];
      code = digits === undefined ? name.charCodeAt(at + 1) : Number(digits);
      at += digits === undefined ? 1 : 3;
    }
    if (!(code <= 255)) throw bad('a label with what is no byte');
    labels.at(-1)?.push(code);
  }
  for (const label of labels)
    if (label.length === 0 || label.length > longestLabel) throw bad('a label that is empty or too long');
  return labels;
}

function formatLabel(label: Uint8Array): string {
  let text = '';
  for (const byte of label) {
    const character = String.fromCharCode(byte);
    if (byte > 0x20 && byte < 0x7f && character !== '.' && character !== '\\') text += character;
    else text += `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw bad('it ends within a name');
  return byte;
}

export function bad(what: string): SegmentationError {
  return new SegmentationError('bad-message', `no message of DNS: ${what}`);
}
