/**
 * Bytes at an address of the program that an ELF file holds, whole or not at all (System V ABI, "Program header").
 * Total: undefined where the file is no ELF file, or does not have those bytes.
 */
export function readElfBytes(file: Buffer, address: bigint, length: bigint): Buffer | undefined {
  if (file.length < 64 || file.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const wide = file[4] === 2;
  const bigEndian = file[5] === 2;
  const read16 = (at: number) => (bigEndian ? file.readUInt16BE(at) : file.readUInt16LE(at));
  const read32 = (at: number) => BigInt(bigEndian ? file.readUInt32BE(at) : file.readUInt32LE(at));
  const read64 = (at: number) => (bigEndian ? file.readBigUInt64BE(at) : file.readBigUInt64LE(at));
  const readWord = wide ? read64 : read32;

  const tableStart = Number(readWord(wide ? 32 : 28));
  const entrySize = read16(wide ? 54 : 42);
  const entryCount = read16(wide ? 56 : 44);
  for (let i = 0; i < entryCount; i++) {
    const entry = tableStart + i * entrySize;
    if (entrySize < (wide ? 56 : 32) || entry + entrySize > file.length) return undefined;
    if (read32(entry) !== loadable) continue;
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

const loadable = 1n;
