import type { ByteMark } from '../model/index.ts';

export interface MarkHit {
  readonly mark: string;
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const elfMagic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
/** Of one mark. A real binary has a few; more are someone's joke. */
const hitsAtMost = 16;

interface SoughtMark {
  readonly id: string;
  readonly bytes: Buffer;
  /** A part of it that is found fast, and where that begins in it. */
  readonly needle: Buffer;
  readonly needleAt: number;
  readonly keep: number;
  readonly names: readonly string[] | undefined;
}

/**
 * Seven bytes at most, from the first capital letter on: V8 looks for a short text by its first byte, of which a program has
 * few, and has a slower way for longer ones.
 */
function needleOf(bytes: Buffer): Pick<SoughtMark, 'needle' | 'needleAt'> {
  const capital = bytes.findIndex((byte) => byte >= 0x41 && byte <= 0x5a);
  const needleAt = capital >= 0 && bytes.length - capital >= 3 ? capital : 0;
  return { needle: bytes.subarray(needleAt, needleAt + 7), needleAt };
}

/** Looks for marks in one file after another while their bytes stream by. */
export class MarkSearch {
  readonly #marks: readonly SoughtMark[];
  /** Those that are looked for in this file. */
  #sought: readonly SoughtMark[] = [];
  #hitsOf = new Map<SoughtMark, number>();
  /** The longest mark less one byte: how much of a piece the next one must see again. */
  readonly #overlap: number;
  #seen = 0;
  #magicSeen = 0;
  #tail: Buffer = Buffer.alloc(0);
  #hits: MarkHit[] = [];
  /** Hits whose bytes are still coming. */
  #open: { hit: MarkHit; filled: number }[] = [];

  constructor(marks: readonly ByteMark[]) {
    this.#marks = marks
      .filter((mark) => mark.bytes.length > 0)
      .map(({ id, bytes, keep, names }) => {
        const whole = Buffer.from(bytes);
        return { id, bytes: whole, ...needleOf(whole), keep, names };
      });
    this.#overlap = Math.max(0, ...this.#marks.map((mark) => mark.bytes.length - 1));
  }

  get hasMarks(): boolean {
    return this.#marks.length > 0;
  }

  /** Begins with the file at `path`. */
  start(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    this.#sought = this.#marks.filter(({ names }) => names?.some((start) => name.startsWith(start)) ?? true);
    this.#hitsOf = new Map();
    this.#seen = 0;
    this.#magicSeen = 0;
    this.#tail = Buffer.alloc(0);
    this.#hits = [];
    this.#open = [];
  }

  /** Whether the file may still be an executable, so that its next piece should be shown too. */
  push(bytes: Buffer, start: number, end: number): boolean {
    for (let at = start; this.#magicSeen < 4 && at < end; at++, this.#magicSeen++)
      if (bytes[at] !== elfMagic[this.#magicSeen]) return false;
    const piece = bytes.subarray(start, end);
    for (const open of this.#open) open.filled += piece.copy(open.hit.bytes, open.filled);
    this.#open = this.#open.filter((open) => open.filled < open.hit.bytes.length);
    if (this.#tail.length > 0) {
      const seam = Buffer.concat([this.#tail, piece.subarray(0, this.#overlap)]);
      this.#find(seam, this.#seen - this.#tail.length, this.#tail.length, piece);
    }
    this.#find(piece, this.#seen, piece.length, piece);
    this.#seen += piece.length;
    this.#tail = Buffer.concat([this.#tail, piece.subarray(Math.max(0, piece.length - this.#overlap))]);
    if (this.#tail.length > this.#overlap) this.#tail = this.#tail.subarray(this.#tail.length - this.#overlap);
    return true;
  }

  /** What was found in the file that is over. */
  finish(): readonly MarkHit[] {
    for (const open of this.#open) {
      const index = this.#hits.indexOf(open.hit);
      this.#hits[index] = { ...open.hit, bytes: open.hit.bytes.slice(0, open.filled) };
    }
    return this.#hits;
  }

  /** Marks in `haystack` that begin before `before`; it lies at `offset` of the file and the newest piece ends it or follows. */
  #find(haystack: Buffer, offset: number, before: number, piece: Buffer): void {
    for (const mark of this.#sought) {
      let at = indexOfMark(haystack, mark, 0);
      while (at >= 0 && at < before && (this.#hitsOf.get(mark) ?? 0) < hitsAtMost) {
        if (haystack === piece || at + mark.bytes.length > before) this.#keep(mark, haystack, at, offset + at, piece);
        at = indexOfMark(haystack, mark, at + 1);
      }
    }
  }

  #keep(mark: SoughtMark, haystack: Buffer, at: number, offset: number, piece: Buffer): void {
    const bytes = new Uint8Array(mark.keep);
    let filled: number;
    if (haystack === piece) filled = piece.copy(bytes, 0, at);
    else {
      filled = haystack.copy(bytes, 0, at, this.#tail.length);
      filled += piece.copy(bytes, filled);
    }
    const hit = { mark: mark.id, offset, bytes };
    this.#hits.push(hit);
    this.#hitsOf.set(mark, (this.#hitsOf.get(mark) ?? 0) + 1);
    if (filled < bytes.length) this.#open.push({ hit, filled });
  }
}

/** Where the whole mark stands, at `from` or after it; -1 where it does not. */
function indexOfMark(haystack: Buffer, { bytes, needle, needleAt }: SoughtMark, from: number): number {
  for (let found = haystack.indexOf(needle, from + needleAt); found >= 0; found = haystack.indexOf(needle, found + 1)) {
    const at = found - needleAt;
    if (haystack.subarray(at, at + bytes.length).equals(bytes)) return at;
  }
  return -1;
}
