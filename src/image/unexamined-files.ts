import type { Problem } from '../model/index.ts';

/** Files that an examiner could not look at for one reason. */
export interface UnexaminedFiles {
  readonly examiner: string;
  readonly reason: string;
  readonly count: number;
  /** The first of them. */
  readonly path: string;
}

/** Reasons that are told apart; what comes after has none. */
const mostReasons = 20;

/** Counts files by the reason for which nobody looked at them. */
export class UnexaminedCount {
  readonly #byReason = new Map<string, UnexaminedFiles>();

  add({ examiner, reason, count, path }: UnexaminedFiles): void {
    let key = `${examiner}\n${reason}`;
    const isNew = !this.#byReason.has(key);
    const told = isNew && this.#byReason.size >= mostReasons ? 'other reasons' : reason;
    if (told !== reason) key = `${examiner}\n${told}`;
    const known = this.#byReason.get(key);
    const counted = known ? { ...known, count: known.count + count } : { examiner, reason: told, count, path };
    this.#byReason.set(key, counted);
  }

  list(): readonly UnexaminedFiles[] {
    return [...this.#byReason.values()];
  }

  /** One for each reason. */
  problems(): readonly Problem[] {
    return this.list().map(({ examiner, reason, count, path }) => ({
      code: 'image/not-examined',
      message: `${count} ${count === 1 ? 'file was' : 'files were'} not examined by ${examiner}: ${reason}`,
      path,
    }));
  }
}
