import { messageOf } from '../base/index.ts';
import type { ExaminedFile, ExaminerSource, FileExaminer, FileNote, Problem } from '../model/index.ts';

/** A note on the entry with that number. */
export interface EntryNote {
  readonly entry: number;
  readonly note: FileNote;
}

/** The examiners of a reading, in this thread. Throws where a module is none: that is a mistake of whoever names it. */
export async function loadExaminers(sources: readonly ExaminerSource[] = []): Promise<readonly FileExaminer[]> {
  return Promise.all(
    sources.map(async ({ module, options }) => {
      const { createExaminer } = (await import(module)) as { createExaminer(options: unknown): FileExaminer };
      return createExaminer(options);
    }),
  );
}

/** More bytes of one file are not shown to anyone. */
const mostBytes = 64 * 2 ** 20;
const mostNotes = 100_000;

/** Gathers the leading bytes of one file after the other, as many as some examiner wants, and has them examined. */
export class Examination {
  readonly notes: EntryNote[] = [];
  readonly #examiners: readonly FileExaminer[];
  #scratch: Buffer = Buffer.alloc(0);
  #file: ExaminedFile | undefined;
  #askers: { readonly examiner: FileExaminer; readonly bytes: number }[] = [];
  #wanted = 0;
  #fill = 0;

  constructor(examiners: readonly FileExaminer[]) {
    this.#examiners = examiners;
  }

  /** Whether anyone wants to see bytes of the file. */
  start(file: ExaminedFile): boolean {
    this.#file = undefined;
    if (this.#examiners.length === 0 || file.size === 0) return false;
    this.#askers = [];
    this.#wanted = 0;
    for (const examiner of this.#examiners) {
      const bytes = Math.min(examiner.wants(file), file.size, mostBytes);
      if (bytes <= 0) continue;
      this.#askers.push({ examiner, bytes });
      this.#wanted = Math.max(this.#wanted, bytes);
    }
    if (this.#wanted === 0) return false;
    if (this.#scratch.length < this.#wanted) this.#scratch = Buffer.allocUnsafeSlow(roomFor(this.#wanted));
    this.#file = file;
    this.#fill = 0;
    return true;
  }

  /** Whether more of the file is wanted. */
  push(bytes: Buffer, start: number, end: number): boolean {
    if (this.#file === undefined) return false;
    this.#fill += bytes.copy(this.#scratch, this.#fill, start, Math.min(end, start + this.#wanted - this.#fill));
    return this.#fill < this.#wanted;
  }

  /** Examines what came. Gives what went wrong. */
  finish(entry: number): Problem | undefined {
    const file = this.#file;
    if (file === undefined) return undefined;
    this.#file = undefined;
    for (const { examiner, bytes } of this.#askers) {
      try {
        for (const note of examiner.examine(file, this.#scratch.subarray(0, Math.min(bytes, this.#fill)))) {
          if (this.notes.length < mostNotes) this.notes.push({ entry, note });
        }
      } catch (error) {
        const message = `"${file.path}" could not be examined by ${examiner.id}: ${messageOf(error)}`;
        return { code: 'image/examiner-failed', message, path: file.path };
      }
    }
    return undefined;
  }
}

/** Grows in doubles, so that a layer of growing files does not allocate for each. */
function roomFor(bytes: number): number {
  return Math.min(mostBytes, Math.max(64 * 1024, 2 ** Math.ceil(Math.log2(bytes))));
}
