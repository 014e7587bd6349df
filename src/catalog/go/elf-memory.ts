/**
 * Bytes at an address of the program that an ELF file holds, whole or not at all (System V ABI, "Program header").
 * Total: undefined where the file is no ELF file, or does not have those bytes.
 */
export function readElfBytes(file: Buffer, address: bigint, length: bigint): Buffer | undefined {
  if (file.length < 64 || file.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const wide = file[4] === 2;
  const littleEndian = file[5] !== 2;
  const readWord = (at: number) =>
    wide ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian));

  const tableStart = Number(readWord(wide ? 32 : 28));
  const entrySize = view.getUint16(wide ? 54 : 42, littleEndian);
  const entryCount = view.getUint16(wide ? 56 : 44, littleEndian);
  for (let i = 0; i < entryCount; i++) {
    const entry = tableStart + i * entrySize;
    if (entrySize < (wide ? 56 : 32) || entry + entrySize > file.length) return undefined;
    if (view.getUint32(entry, littleEndian) !== loadable) continue;
    const offset = readWord(entry + (wide ? 8 : 4));
    const start = readWord(entry + (wide ? 16 : 8));
    const size = readWord(entry + (wide ? 32 : 16));
    if (address < start || address + length > start + size) continue;
    const from = offset + (address - start);
    if (from + length > BigInt(file.length)) return undefined;
    return file.subarray(Number(from), Number(from + length));
  }
  return undefined;
}

const loadable = 1;
