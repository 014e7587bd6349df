/** An ELF file with one section and the table of names, as a linker lays them out. */
export function elfWithSection(name: string, bytes: Uint8Array, wide = true): Buffer {
  const [headerSize, entrySize] = wide ? [64, 64] : [64, 40];
  const names = Buffer.from(`\0.shstrtab\0${name}\0`, 'latin1');
  const tableAt = headerSize + bytes.length + names.length;
  const file = Buffer.alloc(tableAt + 3 * entrySize);
  file.write('\x7fELF', 'latin1');
  file[4] = wide ? 2 : 1;
  file[5] = 1;
  const word = (value: number, at: number) =>
    wide ? file.writeBigUInt64LE(BigInt(value), at) : file.writeUInt32LE(value, at);
  word(tableAt, wide ? 40 : 32);
  file.writeUInt16LE(entrySize, wide ? 58 : 46);
  file.writeUInt16LE(3, wide ? 60 : 48);
  file.writeUInt16LE(1, wide ? 62 : 50);
  file.set(bytes, headerSize);
  file.set(names, headerSize + bytes.length);
  const sections = [
    [1, headerSize + bytes.length, names.length],
    [11, headerSize, bytes.length],
  ] as const;
  for (const [index, [nameAt, start, size]] of sections.entries()) {
    const at = tableAt + (index + 1) * entrySize;
    file.writeUInt32LE(nameAt, at);
    file.writeUInt32LE(1, at + 4);
    word(start, at + (wide ? 24 : 16));
    word(size, at + (wide ? 32 : 20));
  }
  return file;
}
