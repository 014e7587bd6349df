import { messageOf } from '../base/index.ts';
import type { Examined, ExaminedFile, ExaminerSource, FileExaminer, FileNote, Problem } from '../model/index.ts';
import { UnexaminedCount } from './unexamined-files.ts';

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

export function closeExaminers(examiners: readonly FileExaminer[] = []): void {
  for (const examiner of examiners) examiner.close?.();
}

/** More bytes of one file are not shown to anyone. */
const mostBytes = 64 * 2 ** 20;
const mostNotes = 100_000;
/** Of files whose answers are waited for, in one layer; what streams on after it is one piece. */
const mostWaitingBytes = 16 * 2 ** 20;
const mostWaitingFiles = 512;

/** Gathers the leading bytes of one file after the other, as many as some examiner wants, and has them examined. */
export class Examination {
  readonly unexamined = new UnexaminedCount();
  readonly #notes: EntryNote[] = [];
  readonly #examiners: readonly FileExaminer[];
  readonly #onProblem: (problem: Problem) => void;
  #scratch: Buffer = Buffer.alloc(0);
  #file: ExaminedFile | undefined;
  #askers: { readonly examiner: FileExaminer; readonly bytes: number }[] = [];
  #wanted = 0;
  #fill = 0;
  #waitingFiles = 0;
  #waitingBytes = 0;
  #answeredLater = false;
  #wake: (() => void) | undefined;

  constructor(examiners: readonly FileExaminer[], onProblem: (problem: Problem) => void) {
    this.#examiners = examiners;
    this.#onProblem = onProblem;
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

  /** The file that was started is shown to nobody. */
  abandon(): void {
    this.#file = undefined;
  }

  /** Has what came examined, now or later. */
  finish(entry: number): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    for (const { examiner, bytes } of this.#askers) {
      try {
        const length = Math.min(bytes, this.#fill);
        const answer = examiner.examine(file, this.#scratch.subarray(0, length));
        if (answer instanceof Promise) this.#awaitAnswer(answer, length, entry, file, examiner);
        else this.#take(answer, entry, file, examiner);
      } catch (error) {
        this.#fail(error, file, examiner);
      }
    }
  }

  /** Resolves when there is room for more, or the signal says stop; undefined where there is. */
  untilRoom(signal: AbortSignal): Promise<void> | undefined {
    return this.#until(() => this.#waitingBytes < mostWaitingBytes && this.#waitingFiles < mostWaitingFiles, signal);
  }

  /** Resolves when every answer has come, or the signal says stop; undefined where they have. */
  untilAnswered(signal: AbortSignal): Promise<void> | undefined {
    return this.#until(() => this.#waitingFiles === 0, signal);
  }

  /** In the order of entries. */
  notes(): readonly EntryNote[] {
    return this.#answeredLater ? this.#notes.sort((a, b) => a.entry - b.entry) : this.#notes;
  }

  #take(answer: Examined, entry: number, { path }: ExaminedFile, examiner: FileExaminer): void {
    if ('unexamined' in answer) {
      this.unexamined.add({ examiner: examiner.id, reason: answer.unexamined, count: 1, path });
      return;
    }
    for (const note of answer) if (this.#notes.length < mostNotes) this.#notes.push({ entry, note });
  }

  #fail(error: unknown, { path }: ExaminedFile, examiner: FileExaminer): void {
    const message = `"${path}" could not be examined by ${examiner.id}: ${messageOf(error)}`;
    this.#onProblem({ code: 'image/examiner-failed', message, path });
  }

  #awaitAnswer(
    answer: Promise<Examined>,
    bytes: number,
    entry: number,
    file: ExaminedFile,
    examiner: FileExaminer,
  ): void {
    this.#answeredLater = true;
    this.#waitingFiles++;
    this.#waitingBytes += bytes;
    answer
      .then((examined) => this.#take(examined, entry, file, examiner))
      .catch((error: unknown) => this.#fail(error, file, examiner))
      .finally(() => {
        this.#waitingFiles--;
        this.#waitingBytes -= bytes;
        this.#wake?.();
      });
  }

  /** One waits at a time: whoever brings the bytes. */
  #until(done: () => boolean, signal: AbortSignal): Promise<void> | undefined {
    if (done() || signal.aborted) return undefined;
    return new Promise((resolve) => {
      const wake = () => {
        if (!done() && !signal.aborted) return;
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.#wake = wake;
    });
  }
}

/** Grows in doubles, so that a layer of growing files does not allocate for each. */
function roomFor(bytes: number): number {
  return Math.min(mostBytes, Math.max(64 * 1024, 2 ** Math.ceil(Math.log2(bytes))));
}
