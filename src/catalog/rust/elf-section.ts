/**
 * The bytes of the section of that name in a whole ELF file (System V ABI, "Sections"). Total: undefined where the file
 * is no ELF file, or has no such section in it.
 */
export function readElfSection(file: Uint8Array, name: string): Uint8Array | undefined {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (data.length < 64 || data.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const wide = data[4] === 2;
  const littleEndian = data[5] !== 2;
  const half = (at: number) => view.getUint16(at, littleEndian);
  const word = (at: number) => (wide ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian));
  const table = word(wide ? 40 : 32);
  const entrySize = half(wide ? 58 : 46);
  const count = half(wide ? 60 : 48);
  if (entrySize < (wide ? 64 : 40) || table + count * entrySize > data.length) return undefined;

  function section(index: number): Buffer | undefined {
    const at = table + index * entrySize;
    const start = word(at + (wide ? 24 : 16));
    const size = word(at + (wide ? 32 : 20));
    const hasBytes = index < count && view.getUint32(at + 4, littleEndian) !== noBits;
    return hasBytes && start + size <= data.length ? data.subarray(start, start + size) : undefined;
  }

  const names = count > 0 && half(wide ? 62 : 50) < count ? section(half(wide ? 62 : 50)) : undefined;
  const wanted = Buffer.from(`${name}\0`, 'latin1');
  for (let index = 0; names && index < count; index++) {
    const start = view.getUint32(table + index * entrySize, littleEndian);
    if (names.subarray(start, start + wanted.length).equals(wanted)) return section(index);
  }
  return undefined;
}

const noBits = 8;
