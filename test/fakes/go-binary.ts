const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const frameStart = Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex');
const frameEnd = Buffer.from('f932433186182072008242104116d8f2', 'hex');

/** Where the build information of these binaries is. */
export const buildInfoOffset = 256;

/** The module lines as the linker frames them. */
export function frameModules(lines: string): Buffer {
  return lines === '' ? Buffer.alloc(0) : Buffer.concat([frameStart, Buffer.from(lines), frameEnd]);
}

/** An ELF file with build information as Go writes it since 1.18: strings beside the magic. */
export function goBinary(version: string, moduleLines: string, padding = 64): Buffer {
  const modules = frameModules(moduleLines);
  return Buffer.concat([
    elfStart(8, false),
    header(8, 2),
    varint(Buffer.byteLength(version)),
    Buffer.from(version),
    varint(modules.length),
    modules,
    Buffer.alloc(padding),
  ]);
}

/** An ELF file with build information as Go wrote it from 1.13 to 1.17: pointers to pointers to strings. */
export function oldGoBinary(version: string, moduleLines: string, size: 4 | 8, bigEndian: boolean): Buffer {
  const modules = frameModules(moduleLines);
  const information = header(size, bigEndian ? 1 : 0);
  const headersAt = buildInfoOffset + information.length;
  const versionAt = headersAt + 4 * size;
  const modulesAt = versionAt + Buffer.byteLength(version);
  writeWord(information, 16, loadAddress + headersAt, size, bigEndian);
  writeWord(information, 16 + size, loadAddress + headersAt + 2 * size, size, bigEndian);
  const headers = Buffer.alloc(4 * size);
  const words = [loadAddress + versionAt, Buffer.byteLength(version), loadAddress + modulesAt, modules.length];
  words.forEach((word, index) => {
    writeWord(headers, index * size, word, size, bigEndian);
  });
  const file = Buffer.concat([elfStart(size, bigEndian), information, headers, Buffer.from(version), modules]);
  const sizeAt = size === 8 ? 64 + 32 : 52 + 16;
  writeWord(file, sizeAt, file.length, size, bigEndian);
  return file;
}

const loadAddress = 0x400000;

/** An ELF header and one loadable program header that maps the file from its start on. */
function elfStart(size: 4 | 8, bigEndian: boolean): Buffer {
  const start = Buffer.alloc(buildInfoOffset);
  start.write('\x7fELF', 'latin1');
  start[4] = size === 8 ? 2 : 1;
  start[5] = bigEndian ? 2 : 1;
  const wide = size === 8;
  const tableAt = wide ? 64 : 52;
  writeWord(start, wide ? 32 : 28, tableAt, size, bigEndian);
  writeHalf(start, wide ? 54 : 42, wide ? 56 : 32, bigEndian);
  writeHalf(start, wide ? 56 : 44, 1, bigEndian);
  writeWord(start, tableAt, 1, 4, bigEndian);
  writeWord(start, tableAt + (wide ? 16 : 8), loadAddress, size, bigEndian);
  return start;
}

function header(size: number, flags: number): Buffer {
  return Buffer.concat([magic, Buffer.from([size, flags]), Buffer.alloc(16)]);
}

function writeWord(to: Buffer, at: number, value: number, size: 4 | 8, bigEndian: boolean): void {
  const view = new DataView(to.buffer, to.byteOffset, to.byteLength);
  if (size === 4) view.setUint32(at, value, !bigEndian);
  else view.setBigUint64(at, BigInt(value), !bigEndian);
}

function writeHalf(to: Buffer, at: number, value: number, bigEndian: boolean): void {
  new DataView(to.buffer, to.byteOffset, to.byteLength).setUint16(at, value, !bigEndian);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
