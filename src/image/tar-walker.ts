import { applyPaxRecords, type PaxOverrides, parsePaxRecords } from './pax.ts';
import {
  blockSize,
  decodeTarText,
  hasTarChecksum,
  isZeroBlock,
  parseTarNumber,
  TarFormatError,
  type TarHeader,
  tarType,
} from './tar-header.ts';

/** Who is told what a tar stream holds. Calls come in the order of the stream. */
export interface TarSink {
  /** Whether the entry's data is asked for. The header is only valid during the call. */
  entry(header: TarHeader): boolean;
  /** A piece of the data, `bytes[start..end)`, valid until the next call. Whether more is asked for. */
  data(bytes: Buffer, start: number, end: number): boolean;
  /** All of the data has gone by. Called for entries whose data was asked for, if only in part. */
  dataEnd(): void;
}

const longestExtension = 1 << 20;

type State = 'header' | 'data' | 'extension' | 'sparse-map' | 'ended';

/**
 * Walks a tar stream handed to it in pieces of any size: ustar, GNU, pax and old v7 headers, as Go's archive/tar reads
 * them, because that is what the engines unpack with. Throws TarFormatError; what was told before stays true.
 */
export class TarWalker {
  readonly #sink: TarSink;
  readonly #header: TarHeader = {
    name: '',
    linkName: '',
    type: 0,
    size: 0,
    realSize: 0,
    sparse: false,
    mode: 0,
    uid: 0,
    gid: 0,
    capability: undefined,
  };
  #state: State = 'header';
  /** A header block that came in pieces. */
  readonly #block = Buffer.alloc(blockSize);
  #blockFill = 0;
  #sawZeroBlock = false;
  /** Of the data or extension under way: bytes still to come, then padding. */
  #remaining = 0;
  #padding = 0;
  #offset = 0;
  #wantsData = false;
  #hasData = false;
  #extension: Buffer = Buffer.alloc(0);
  #extensionType = 0;
  #extensionFill = 0;
  #longName: string | undefined;
  #longLink: string | undefined;
  #pax: PaxOverrides | undefined;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** The two zero blocks have come; what follows is ignored. */
  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** How far into the stream it has come; while an entry is told, where its data begins. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes to come that nobody asked for: a reader that can seek may leave them out, saying so with skip(). */
  get skippable(): number {
    return this.#state === 'data' && !this.#wantsData ? this.#remaining + this.#padding : 0;
  }

  /** All that was skippable has been left out. */
  skip(): void {
    this.#offset += this.skippable;
    this.#remaining = this.#padding = 0;
    this.#endData();
  }

  /** Bytes of the entry under way that are still to come, without the padding after them. */
  get dataToCome(): number {
    return this.#state === 'data' ? this.#remaining : 0;
  }

  /** Whether the data of the entry under way is still asked for. */
  get wantsData(): boolean {
    return this.#state === 'data' && this.#wantsData;
  }

  /** What is to come of the entry's data is not shown; its padding still comes. */
  passOver(): void {
    this.#offset += this.dataToCome;
    this.#remaining = 0;
    this.#endData();
  }

  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#state !== 'ended') {
      if (this.#state === 'header' || this.#state === 'sparse-map') at = this.#takeBlock(bytes, at);
      else at = this.#takeData(bytes, at);
    }
  }

  /** The stream is over. Throws TarFormatError where it ends inside an entry. */
  end(): void {
    const between = this.#state === 'header' && this.#blockFill === 0 && this.#pax === undefined;
    if (!between && this.#state !== 'ended') throw new TarFormatError('the tar stream ends in the middle of an entry');
  }

  #takeBlock(bytes: Buffer, at: number): number {
    if (this.#blockFill === 0 && bytes.length - at >= blockSize) {
      this.#offset += blockSize;
      this.#handleBlock(bytes, at);
      return at + blockSize;
    }
    const taken = bytes.copy(this.#block, this.#blockFill, at, at + blockSize - this.#blockFill);
    this.#blockFill += taken;
    this.#offset += taken;
    if (this.#blockFill === blockSize) {
      this.#blockFill = 0;
      this.#handleBlock(this.#block, 0);
    }
    return at + taken;
  }

  #handleBlock(block: Buffer, at: number): void {
    if (this.#state === 'header') this.#readHeader(block, at);
    else if (block[at + 504] === 0) this.#startData();
  }

  #takeData(bytes: Buffer, at: number): number {
    const available = bytes.length - at;
    if (this.#remaining > 0) {
      const taken = Math.min(available, this.#remaining);
      this.#offset += taken;
      if (this.#state === 'extension')
        this.#extensionFill += bytes.copy(this.#extension, this.#extensionFill, at, at + taken);
      else if (this.#wantsData) this.#wantsData = this.#sink.data(bytes, at, at + taken);
      this.#remaining -= taken;
      if (this.#remaining === 0) this.#endData();
      return at + taken;
    }
    const skipped = Math.min(available, this.#padding);
    this.#offset += skipped;
    this.#padding -= skipped;
    this.#endPadding();
    return at + skipped;
  }

  /** Told at once, while the last piece is valid, and not when the padding has come. */
  #endData(): void {
    if (this.#hasData) this.#sink.dataEnd();
    this.#hasData = false;
    this.#endPadding();
  }

  #endPadding(): void {
    if (this.#padding > 0) return;
    const wasExtension = this.#state === 'extension';
    this.#state = 'header';
    if (wasExtension) this.#readExtension();
  }

  #readHeader(block: Buffer, at: number): void {
    if (block[at] === 0 && isZeroBlock(block, at)) {
      if (this.#sawZeroBlock) this.#state = 'ended';
      this.#sawZeroBlock = true;
      return;
    }
    if (this.#sawZeroBlock) throw new TarFormatError('a lone zero block lies between two entries');
    if (!hasTarChecksum(block, at)) throw new TarFormatError('a tar header has a wrong checksum');
    const header = this.#header;
    const type = block[at + 156] as number;
    header.size = parseTarNumber(block, at + 124, 12);
    if (!(header.size >= 0)) throw new TarFormatError('a tar header has a size that is none');
    if (
      type === tarType.paxLocal ||
      type === tarType.paxGlobal ||
      type === tarType.gnuLongName ||
      type === tarType.gnuLongLink
    )
      return this.#startExtension(type, header.size);
    this.#readFields(block, at, type);
    if (type === tarType.gnuSparse && block[at + 482] !== 0) this.#state = 'sparse-map';
    else this.#startData();
  }

  #readFields(block: Buffer, at: number, type: number): void {
    const header = this.#header;
    header.name = readName(block, at);
    header.linkName = block[at + 157] === 0 ? '' : decodeTarText(block, at + 157, at + 257);
    header.mode = parseTarNumber(block, at + 100, 8);
    header.uid = parseTarNumber(block, at + 108, 8);
    header.gid = parseTarNumber(block, at + 116, 8);
    header.realSize = header.size;
    header.sparse = false;
    header.capability = undefined;
    if (this.#pax !== undefined) {
      applyPaxRecords(header, this.#pax);
      this.#pax = undefined;
    }
    if (this.#longName !== undefined) header.name = this.#longName;
    if (this.#longLink !== undefined) header.linkName = this.#longLink;
    this.#longName = undefined;
    this.#longLink = undefined;
    if (type === tarType.gnuSparse) {
      header.sparse = true;
      header.realSize = parseTarNumber(block, at + 483, 12);
    }
    header.type = type;
    if (type === 0) header.type = header.name.endsWith('/') ? tarType.directory : tarType.file;
    else if (type === tarType.contiguous || type === tarType.gnuSparse) header.type = tarType.file;
    if (header.type >= tarType.hardLink && header.type <= tarType.fifo) header.size = header.realSize = 0;
    if (!(header.mode >= 0 && header.uid >= 0 && header.gid >= 0 && header.realSize >= 0))
      throw new TarFormatError('a tar header has a number that is none');
  }

  #startData(): void {
    const { size } = this.#header;
    this.#hasData = this.#wantsData = this.#sink.entry(this.#header);
    this.#expect('data', size);
    if (size === 0) this.#endData();
  }

  #startExtension(type: number, size: number): void {
    if (size > longestExtension)
      throw new TarFormatError(`an extended header is larger than ${longestExtension} bytes`);
    this.#extensionType = type;
    this.#extension = Buffer.allocUnsafe(size);
    this.#extensionFill = 0;
    this.#expect('extension', size);
    if (size === 0) this.#endData();
  }

  #expect(state: State, size: number): void {
    this.#state = state;
    this.#remaining = size;
    this.#padding = (blockSize - (size % blockSize)) % blockSize;
  }

  #readExtension(): void {
    const bytes = this.#extension;
    if (this.#extensionType === tarType.gnuLongName) this.#longName = decodeTarText(bytes, 0, bytes.length);
    else if (this.#extensionType === tarType.gnuLongLink) this.#longLink = decodeTarText(bytes, 0, bytes.length);
    else {
      const overrides = parsePaxRecords(bytes);
      // Go reads a global header and applies none of it, so the engines do not either; other readers would.
      if (this.#extensionType === tarType.paxLocal) this.#pax = overrides;
      else if (Object.keys(overrides).length > 0) throw new TarFormatError('a global extended header changes entries');
    }
  }
}

/** The name field, with the prefix that ustar and star put elsewhere. */
function readName(block: Buffer, at: number): string {
  const name = decodeTarText(block, at, at + 100);
  // "ustar\0"; GNU writes "ustar " and uses the field otherwise.
  const isUstar = block[at + 257] === 117 && block[at + 261] === 114 && block[at + 262] === 0;
  if (!isUstar || block[at + 345] === 0) return name;
  const isStar = block[at + 508] === 116 && block[at + 509] === 97 && block[at + 510] === 114 && block[at + 511] === 0;
  return `${decodeTarText(block, at + 345, at + (isStar ? 476 : 500))}/${name}`;
}
