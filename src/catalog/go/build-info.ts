import { readElfBytes } from './elf-memory.ts';
import { type GoModule, parseModuleLines } from './module-lines.ts';

/** What the linker of Go left in a binary. */
export interface GoBuildInfo {
  /** `go1.22.3`, as runtime.Version gives it. */
  readonly goVersion: string;
  /** Empty where the binary was not built from modules. */
  readonly modules: readonly GoModule[];
  /** Lines about modules that make no sense. */
  readonly badLines: readonly string[];
}

/** `cut`: the strings go on after the bytes given. `not-go`: the mark stands there by chance. */
export type GoBuildInfoResult =
  | { readonly state: 'found'; readonly info: GoBuildInfo }
  | { readonly state: 'cut' | 'pointers' | 'not-go' };

export const buildInfoMagic = Buffer.from('\xff Go buildinf:', 'latin1');
const headerSize = 32;
const align = 16;
const flagBigEndian = 1;
const flagInlineStrings = 2;

/**
 * Build information from the bytes at its magic on (Go source, debug/buildinfo: 14 bytes of magic, pointer size, flags;
 * since Go 1.18 two strings with their lengths as varints after 32 bytes). Binaries of older toolchains have pointers
 * there: `pointers`, to be followed by parsePointedBuildInfo. Total.
 */
export function parseBuildInfo(bytes: Uint8Array, offset: number): GoBuildInfoResult {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset % align !== 0 || !isHeader(data)) return { state: 'not-go' };
  if (((data[15] as number) & flagInlineStrings) === 0) return { state: 'pointers' };
  const version = readInlineString(data, headerSize);
  if (version.state !== 'found') return version;
  const modules = readInlineString(data, version.end);
  if (modules.state !== 'found') return modules;
  return describe(version.text, modules.text);
}

/** The same for binaries of Go 1.13 to 1.17, which point to Go strings elsewhere in the whole `file`. Total. */
export function parsePointedBuildInfo(file: Uint8Array, offset: number): GoBuildInfoResult {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const header = data.subarray(offset, offset + headerSize);
  if (offset % align !== 0 || !isHeader(header)) return { state: 'not-go' };
  const size = header[14] as 4 | 8;
  const littleEndian = ((header[15] as number) & flagBigEndian) === 0;

  function readPointer(from: Buffer, at: number): bigint {
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    return size === 4 ? BigInt(view.getUint32(at, littleEndian)) : view.getBigUint64(at, littleEndian);
  }
  function readString(address: bigint): string {
    const stringHeader = readElfBytes(data, address, BigInt(2 * size));
    if (!stringHeader) return '';
    const text = readElfBytes(data, readPointer(stringHeader, 0), readPointer(stringHeader, size));
    return text?.toString('latin1') ?? '';
  }
  return describe(readString(readPointer(header, 16)), readString(readPointer(header, 16 + size)));
}

function isHeader(data: Buffer): boolean {
  if (data.length < headerSize || !data.subarray(0, buildInfoMagic.length).equals(buildInfoMagic)) return false;
  return (data[14] === 4 || data[14] === 8) && (data[15] as number) <= (flagBigEndian | flagInlineStrings);
}

/** Longer than the build information of any program. */
const longestString = 64 * 1024 * 1024;

function readInlineString(
  data: Buffer,
  at: number,
): { state: 'found'; text: string; end: number } | { state: 'cut' | 'not-go' } {
  let length = 0;
  let position = at;
  for (let shift = 0; ; shift += 7, position++) {
    const byte = data[position];
    if (byte === undefined) return { state: 'cut' };
    length += (byte & 0x7f) * 2 ** shift;
    if (length > longestString) return { state: 'not-go' };
    if (byte < 0x80) break;
    if (shift > 28) return { state: 'not-go' };
  }
  const end = position + 1 + length;
  if (end > data.length) return { state: 'cut' };
  return { state: 'found', text: data.toString('latin1', position + 1, end), end };
}

/** The module lines stand between two markers of 16 bytes. Their bytes came as Latin-1 and are UTF-8. */
function describe(version: string, framed: string): GoBuildInfoResult {
  if (!/^(?:go|devel )[\x20-\x7e]{1,200}$/.test(version)) return { state: 'not-go' };
  const hasModules = framed.length >= 33 && framed[framed.length - 17] === '\n';
  const lines = hasModules ? Buffer.from(framed.slice(16, -16), 'latin1').toString('utf8') : '';
  return { state: 'found', info: { goVersion: version, ...parseModuleLines(lines) } };
}
