import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Of a bucket: a value, or another bucket. */
type BoltEntry =
  | { readonly kind: 'value'; readonly bytes: Buffer }
  | { readonly kind: 'bucket'; readonly bucket: Buffer };

const limits = { pages: 20_000, pageSize: 65_536, overflow: 4096, depth: 32 };
const magic = 0xed0cdaed;
const version = 2;
const leafFlag = 0x02;
const branchFlag = 0x01;
const bucketFlag = 0x01;

/** It is no database of bbolt, is damaged, or changed too often while it was read. */
export class BoltError extends Error {}

/**
 * Reads one value out of a bbolt database (go.etcd.io/bbolt: page.go, bucket.go, db.go) that another process has open, and
 * never writes. Pages of the newest transaction are kept until the second one after it, so what was read counts where no
 * more than one was written meanwhile. Keys of several buckets, the last that of the value. Undefined where it is not there.
 * Throws BoltError, and what node:fs throws.
 */
export function readBoltValue(path: string, keys: readonly string[]): Buffer | undefined {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new BoltError('it is no regular file');
    return findBoltValue((bytes, at) => readSync(file, bytes, 0, bytes.length, at), keys);
  } finally {
    closeSync(file);
  }
}

/** Fills the bytes from that position on; gives how many there were. */
export type ReadBytes = (bytes: Buffer, position: number) => number;

/** The same, from wherever the bytes come. */
export function findBoltValue(read: ReadBytes, keys: readonly string[]): Buffer | undefined {
  for (let attempt = 0; attempt < 5; attempt++) {
    const pages = new BoltPages(read);
    let found: Buffer | undefined;
    let problem: unknown;
    try {
      found = pages.find(keys);
    } catch (error) {
      // Numbers of a damaged page lead beyond its end.
      problem = error instanceof RangeError ? new BoltError('a page is damaged') : error;
    }
    if (new BoltPages(read).transaction - pages.transaction > 1n) continue;
    if (problem !== undefined) throw problem;
    return found;
  }
  throw new BoltError('it changes all the time');
}

class BoltPages {
  readonly transaction: bigint;
  private readonly read: ReadBytes;
  private readonly pageSize: number;
  private readonly root: Buffer;
  private left = limits.pages;

  constructor(read: ReadBytes) {
    this.read = read;
    const first = this.readMeta(0);
    // The second is a page behind, of whatever size that is; the first may be damaged.
    const sizes = first ? [first.pageSize] : [4096, 8192, 16_384, 65_536];
    const metas = [first, ...sizes.map((size) => this.readMeta(size))].filter((each) => each !== undefined);
    const newest = metas.toSorted((a, b) => (a.transaction < b.transaction ? 1 : -1))[0];
    if (!newest) throw new BoltError('it has no valid meta page');
    this.transaction = newest.transaction;
    this.pageSize = newest.pageSize;
    this.root = newest.root;
  }

  find(keys: readonly string[]): Buffer | undefined {
    let bucket = this.root;
    for (const [at, key] of keys.entries()) {
      const entry = this.lookUp(bucket, Buffer.from(key));
      if (entry === undefined) return undefined;
      const isLast = at === keys.length - 1;
      if (isLast !== (entry.kind === 'value')) return undefined;
      if (entry.kind === 'value') return entry.bytes;
      bucket = entry.bucket;
    }
    return undefined;
  }

  /** A bucket is the number of its root page and a sequence; with root 0 its only page follows (bucket.go). */
  private lookUp(bucket: Buffer, key: Buffer): BoltEntry | undefined {
    let number = bucket.readBigUInt64LE(0);
    let page = number === 0n ? bucket.subarray(16) : this.readPage(number);
    for (let depth = 0; depth < limits.depth; depth++) {
      const flags = page.readUInt16LE(8);
      const count = page.readUInt16LE(10);
      if ((flags & leafFlag) !== 0) return findInLeaf(page, count, key);
      if ((flags & branchFlag) === 0) throw new BoltError('a page is neither branch nor leaf');
      number = childOf(page, count, key);
      page = this.readPage(number);
    }
    throw new BoltError('it nests too deep');
  }

  private readPage(number: bigint): Buffer {
    if (--this.left < 0) throw new BoltError('it has too many pages');
    const head = this.readAt(number * BigInt(this.pageSize), 16);
    const overflow = head.readUInt32LE(12);
    if (head.readBigUInt64LE(0) !== number || overflow > limits.overflow) throw new BoltError('a page is damaged');
    return this.readAt(number * BigInt(this.pageSize), (overflow + 1) * this.pageSize);
  }

  private readMeta(at: number): { transaction: bigint; pageSize: number; root: Buffer } | undefined {
    const page = Buffer.alloc(16 + 64);
    if (this.read(page, at) < page.length) return undefined;
    const meta = page.subarray(16);
    const pageSize = meta.readUInt32LE(8);
    if (meta.readUInt32LE(0) !== magic || meta.readUInt32LE(4) !== version) return undefined;
    if (pageSize < 512 || pageSize > limits.pageSize) return undefined;
    if (checksum(meta.subarray(0, 56)) !== meta.readBigUInt64LE(56)) return undefined;
    return { transaction: meta.readBigUInt64LE(48), pageSize, root: meta.subarray(16, 32) };
  }

  private readAt(position: bigint, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    if (position > BigInt(Number.MAX_SAFE_INTEGER)) throw new BoltError('a page lies beyond the end');
    if (this.read(bytes, Number(position)) < size) throw new BoltError('a page lies beyond the end');
    return bytes;
  }
}

function findInLeaf(page: Buffer, count: number, key: Buffer): BoltEntry | undefined {
  for (let i = 0; i < count; i++) {
    const at = 16 + i * 16;
    const [flags, pos, keySize, valueSize] = [0, 4, 8, 12].map((offset) => page.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
      number,
    ];
    const start = at + pos;
    if (start + keySize + valueSize > page.length) throw new BoltError('an entry lies beyond its page');
    if (!page.subarray(start, start + keySize).equals(key)) continue;
    const value = page.subarray(start + keySize, start + keySize + valueSize);
    return (flags & bucketFlag) === 0 ? { kind: 'value', bytes: value } : { kind: 'bucket', bucket: value };
  }
  return undefined;
}

/** The last child whose first key is not behind the key. */
function childOf(page: Buffer, count: number, key: Buffer): bigint {
  let child: bigint | undefined;
  for (let i = 0; i < count; i++) {
    const at = 16 + i * 16;
    const start = at + page.readUInt32LE(at);
    const end = start + page.readUInt32LE(at + 4);
    if (end > page.length) throw new BoltError('an entry lies beyond its page');
    if (child !== undefined && Buffer.compare(page.subarray(start, end), key) > 0) break;
    child = page.readBigUInt64LE(at + 8);
  }
  if (child === undefined) throw new BoltError('a branch has no children');
  return child;
}

/** FNV-1a of 64 bits, as meta pages have it. */
function checksum(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
