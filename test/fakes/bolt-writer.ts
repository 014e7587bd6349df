/** What a bucket of a database holds: values, and buckets. */
export interface BoltTree {
  readonly [key: string]: string | BoltTree;
}

const pageSize = 4096;

/**
 * A bbolt database (page.go, bucket.go): small buckets stand in their own place, those with more than two entries have pages,
 * and those with more than eight a branch above them.
 */
export function writeBolt(tree: BoltTree, transaction = 7): Buffer {
  const pages: Buffer[] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize)];
  const root = writeBucket(tree, pages, true);
  for (const [at, each] of [transaction - 1, transaction].entries()) pages[at] = metaPage(at, root, each, pages.length);
  return Buffer.concat(pages);
}

function writeBucket(tree: BoltTree, pages: Buffer[], isRoot = false): Buffer {
  const entries = Object.entries(tree)
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([key, value]) => {
      const isValue = typeof value === 'string';
      return {
        flags: isValue ? 0 : 1,
        key: Buffer.from(key),
        value: isValue ? Buffer.from(value) : writeBucket(value, pages),
      };
    });
  const head = Buffer.alloc(16);
  if (entries.length <= 2 && !isRoot) return Buffer.concat([head, leaf(0, entries)]);
  const leaves: { readonly first: Buffer; readonly page: number }[] = [];
  for (let from = 0; from < Math.max(1, entries.length); from += 8) {
    const part = entries.slice(from, from + 8);
    leaves.push({ first: part[0]?.key ?? Buffer.alloc(0), page: pages.length });
    push(pages, (number) => leaf(number, part));
  }
  let top = leaves[0]?.page ?? 0;
  if (leaves.length > 1) {
    top = pages.length;
    push(pages, (number) => branch(number, leaves));
  }
  head.writeBigUInt64LE(BigInt(top), 0);
  return head;
}

function push(pages: Buffer[], make: (number: number) => Buffer): void {
  const made = make(pages.length);
  const count = Math.ceil(made.length / pageSize);
  made.writeUInt32LE(count - 1, 12);
  const whole = Buffer.concat([made], count * pageSize);
  for (let i = 0; i < count; i++) pages.push(whole.subarray(i * pageSize, (i + 1) * pageSize));
}

function pageHead(number: number, flags: number, count: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(BigInt(number), 0);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(count, 10);
  return head;
}

function leaf(number: number, entries: readonly { flags: number; key: Buffer; value: Buffer }[]): Buffer {
  const table = Buffer.alloc(entries.length * 16);
  let at = table.length;
  for (const [i, { flags, key, value }] of entries.entries()) {
    for (const [n, field] of [flags, at - i * 16, key.length, value.length].entries())
      table.writeUInt32LE(field, i * 16 + n * 4);
    at += key.length + value.length;
  }
  return Buffer.concat([
    pageHead(number, 2, entries.length),
    table,
    ...entries.flatMap(({ key, value }) => [key, value]),
  ]);
}

function branch(number: number, children: readonly { readonly first: Buffer; readonly page: number }[]): Buffer {
  const table = Buffer.alloc(children.length * 16);
  let at = table.length;
  for (const [i, { first, page }] of children.entries()) {
    table.writeUInt32LE(at - i * 16, i * 16);
    table.writeUInt32LE(first.length, i * 16 + 4);
    table.writeBigUInt64LE(BigInt(page), i * 16 + 8);
    at += first.length;
  }
  return Buffer.concat([pageHead(number, 1, children.length), table, ...children.map(({ first }) => first)]);
}

function metaPage(number: number, root: Buffer, transaction: number, count: number): Buffer {
  const page = Buffer.concat([pageHead(number, 4, 0)], pageSize);
  for (const [at, value] of [0xed0cdaed, 2, pageSize, 0].entries()) page.writeUInt32LE(value, 16 + at * 4);
  root.copy(page, 32);
  for (const [at, value] of [0, count, transaction].entries()) page.writeBigUInt64LE(BigInt(value), 48 + at * 8);
  let hash = 0xcbf29ce484222325n;
  for (const byte of page.subarray(16, 72)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  page.writeBigUInt64LE(hash, 72);
  return page;
}

/** As a file would be read that has these bytes. */
export function readFrom(bytes: Uint8Array) {
  return (into: Buffer, at: number): number => Buffer.from(bytes.subarray(at, at + into.length)).copy(into);
}
