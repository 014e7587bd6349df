import { messageOf } from '../base/index.ts';
import type {
  Examined,
  ExaminedFile,
  ExaminerSource,
  FileExaminer,
  FileFollower,
  FileNote,
  Problem,
} from '../model/index.ts';
import type { LargeFileRoom } from './large-file-room.ts';
import type { ReadBudget } from './read-budget.ts';
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

interface Following {
  readonly examiner: FileExaminer;
  readonly follower: FileFollower;
  /** Whether it asks for more. */
  asks: boolean;
}

/** Files with more bytes to be shown are gathered one at a time. */
const largeBytes = 4 * 2 ** 20;
/** Of each examiner in one layer. */
const mostNotes = 100_000;
/** Of files whose answers are waited for, in one layer; what streams on after it is one piece. */
const mostWaitingBytes = 16 * 2 ** 20;
const mostWaitingFiles = 512;

/** Gathers the leading bytes of one file after the other, as many as some examiner wants, and has them examined. */
export class Examination {
  readonly unexamined = new UnexaminedCount();
  readonly #notes: EntryNote[] = [];
  readonly #noteCounts = new Map<FileExaminer, number>();
  readonly #examiners: readonly FileExaminer[];
  readonly #mostBytes: number;
  readonly #largeFileRoom: LargeFileRoom;
  readonly #onProblem: (problem: Problem) => void;
  #scratch: Buffer = Buffer.alloc(0);
  /** What the file is gathered in: room of this layer, or that of the thread. */
  #gathering: Buffer = this.#scratch;
  #file: ExaminedFile | undefined;
  #askers: { readonly examiner: FileExaminer; readonly bytes: number }[] = [];
  #followers: Following[] = [];
  #wanted = 0;
  #fill = 0;
  #waitingFiles = 0;
  #waitingBytes = 0;
  #answeredLater = false;
  #wake: (() => void) | undefined;

  /** More bytes of one file than are kept of a wanted one are shown to nobody. */
  constructor(
    examiners: readonly FileExaminer[],
    { limits, largeFileRoom }: Pick<ReadBudget, 'limits' | 'largeFileRoom'>,
    onProblem: (problem: Problem) => void,
  ) {
    this.#examiners = examiners;
    this.#mostBytes = limits.maxWantedFileBytes;
    this.#largeFileRoom = largeFileRoom;
    this.#onProblem = onProblem;
  }

  /** Whether anyone wants to see bytes of the file. */
  start(file: ExaminedFile): boolean {
    this.#file = undefined;
    if (this.#examiners.length === 0 || file.size === 0) return false;
    this.#askers = [];
    this.#followers = [];
    this.#wanted = 0;
    for (const examiner of this.#examiners) {
      const asked = examiner.wants(file);
      if (asked <= 0) continue;
      const follower = examiner.follow?.(file);
      if (follower) {
        this.#followers.push({ examiner, follower, asks: true });
        continue;
      }
      const bytes = Math.min(asked, file.size, this.#mostBytes);
      this.#askers.push({ examiner, bytes });
      this.#wanted = Math.max(this.#wanted, bytes);
    }
    if (this.#wanted === 0 && this.#followers.length === 0) return false;
    this.#file = file;
    this.#fill = 0;
    const large = this.#wanted > largeBytes ? this.#largeFileRoom.take(this, this.#wanted) : undefined;
    this.#gathering = large ?? this.#roomOfOwn(Math.min(this.#wanted, largeBytes));
    return true;
  }

  /** Whether more of the file is wanted. */
  push(bytes: Buffer, start: number, end: number): boolean {
    if (this.#file === undefined) return false;
    let isFollowed = false;
    for (const each of this.#followers)
      if (each.asks) isFollowed = this.#show(each, bytes.subarray(start, end)) || isFollowed;
    return this.#gather(bytes, start, end) || isFollowed;
  }

  /** Whether whoever asks for the whole needs more of it. */
  #gather(bytes: Buffer, start: number, end: number): boolean {
    if (this.#file === undefined || this.#fill >= this.#wanted) return false;
    // The whole of it needs no copy: these bytes are valid until it is told that the file is over.
    if (this.#fill === 0 && end - start === this.#file.size) {
      this.#gathering = bytes.subarray(start, end);
      this.#fill = this.#wanted;
      return false;
    }
    // More came at once than whoever waits for the large room may count on.
    if (this.#fill + Math.min(end - start, this.#wanted - this.#fill) > this.#gathering.length)
      this.#moveTo(Buffer.allocUnsafeSlow(this.#wanted));
    this.#fill += bytes.copy(this.#gathering, this.#fill, start, Math.min(end, start + this.#wanted - this.#fill));
    return this.#fill < this.#wanted;
  }

  /** The file that was started is shown to nobody. */
  abandon(): void {
    this.#file = undefined;
    this.#followers = [];
    this.#largeFileRoom.giveBack(this);
  }

  /** Has what came examined, now or later. */
  finish(entry: number): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    for (const { examiner, follower } of this.#followers) {
      try {
        this.#take(follower.end(), entry, file, examiner);
      } catch (error) {
        this.#fail(error, file, examiner);
      }
    }
    for (const { examiner, bytes } of this.#askers) {
      try {
        const length = Math.min(bytes, this.#fill);
        const answer = examiner.examine(file, this.#gathering.subarray(0, length));
        if (answer instanceof Promise) this.#awaitAnswer(answer, length, entry, file, examiner);
        else this.#take(answer, entry, file, examiner);
      } catch (error) {
        this.#fail(error, file, examiner);
      }
    }
    this.#largeFileRoom.giveBack(this);
  }

  /** Resolves when there is room for more, or the signal says stop; undefined where there is. */
  untilRoom(signal: AbortSignal): Promise<void> | undefined {
    return this.#until(
      () => this.#waitingBytes < mostWaitingBytes && this.#waitingFiles < mostWaitingFiles && this.#hasRoom(),
      signal,
    );
  }

  /** Resolves when every answer has come, or the signal says stop; undefined where they have. */
  untilAnswered(signal: AbortSignal): Promise<void> | undefined {
    return this.#until(() => this.#waitingFiles === 0, signal);
  }

  /** In the order of entries. */
  notes(): readonly EntryNote[] {
    return this.#answeredLater ? this.#notes.sort((a, b) => a.entry - b.entry) : this.#notes;
  }

  /** Whether it asks for more; one that throws is told, and is asked no more. */
  #show(each: Following, bytes: Buffer): boolean {
    try {
      each.asks = each.follower.push(bytes);
    } catch (error) {
      this.#followers = this.#followers.filter((other) => other !== each);
      if (this.#file) this.#fail(error, this.#file, each.examiner);
      return false;
    }
    return each.asks;
  }

  /** Small files of the layer, and large ones while they wait, are gathered here. */
  #roomOfOwn(bytes: number): Buffer {
    if (this.#scratch.length < bytes) this.#scratch = Buffer.allocUnsafeSlow(roomFor(bytes));
    return this.#scratch;
  }

  /** Whether the file that streams by can be gathered to its end; takes the large room where that is free. */
  #hasRoom(): boolean {
    if (this.#file === undefined || this.#gathering.length >= this.#wanted) return true;
    const room = this.#largeFileRoom.take(this, this.#wanted);
    if (room) this.#moveTo(room);
    return room !== undefined;
  }

  #moveTo(room: Buffer): void {
    this.#gathering.copy(room, 0, 0, this.#fill);
    this.#gathering = room;
  }

  #take(answer: Examined, entry: number, { path }: ExaminedFile, examiner: FileExaminer): void {
    if ('unexamined' in answer) {
      this.unexamined.add({ examiner: examiner.id, reason: answer.unexamined, count: 1, path });
      return;
    }
    const count = (this.#noteCounts.get(examiner) ?? 0) + answer.length;
    if (count > mostNotes) {
      // Whoever brings so many may want one to be lost: that is told.
      this.unexamined.add({ examiner: examiner.id, reason: 'a layer gives more notes than are kept', count: 1, path });
      return;
    }
    this.#noteCounts.set(examiner, count);
    for (const note of answer) this.#notes.push({ entry, note });
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
        this.#largeFileRoom.offFree(wake);
        this.#wake = undefined;
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.#largeFileRoom.onFree(wake);
      this.#wake = wake;
    });
  }
}

/** Grows in doubles, so that a layer of growing files does not allocate for each. */
function roomFor(bytes: number): number {
  return Math.max(64 * 1024, 2 ** Math.ceil(Math.log2(bytes)));
}
