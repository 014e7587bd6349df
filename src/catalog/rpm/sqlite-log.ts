const headerSize = 32;
const frameHeaderSize = 24;
const magic = 0x377f0682;

/**
 * The pages that a write-ahead log has in place of those of its database, by number (SQLite, "Database File Format", 4 "The Write-Ahead Log"). As SQLite does, it
 * takes the log to end at the first frame with another salt or checksum, and forgets what comes after the last commit.
 * Total: a log that is none has no pages.
 */
export function parseSqliteLog(log: Buffer, pageSize: number): ReadonlyMap<number, Buffer> {
  const committed = new Map<number, Buffer>();
  if (log.length < headerSize || (log.readUInt32BE(0) & ~1) >>> 0 !== magic || log.readUInt32BE(8) !== pageSize)
    return committed;
  const sum = new Checksum(log.readUInt32BE(0) === magic);
  sum.add(log.subarray(0, 24));
  if (!sum.equals(log, 24)) return committed;

  let open = new Map<number, Buffer>();
  for (let at = headerSize; at + frameHeaderSize + pageSize <= log.length; at += frameHeaderSize + pageSize) {
    const page = log.subarray(at + frameHeaderSize, at + frameHeaderSize + pageSize);
    sum.add(log.subarray(at, at + 8));
    sum.add(page);
    if (log.compare(log, 16, 24, at + 8, at + 16) !== 0 || !sum.equals(log, at + 16)) break;
    open.set(log.readUInt32BE(at), page);
    if (log.readUInt32BE(at + 4) === 0) continue;
    for (const [number, bytes] of open) committed.set(number, bytes);
    open = new Map();
  }
  return committed;
}

/** Over all that came so far, in words of 32 bits of the byte order that the magic tells. */
class Checksum {
  readonly #littleEndian: boolean;
  #first = 0;
  #second = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  add(bytes: Buffer): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      this.#first = (this.#first + view.getUint32(at, this.#littleEndian) + this.#second) >>> 0;
      this.#second = (this.#second + view.getUint32(at + 4, this.#littleEndian) + this.#first) >>> 0;
    }
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.#first && bytes.readUInt32BE(at + 4) === this.#second;
  }
}
