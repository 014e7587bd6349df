import type { ExaminedFile } from '../model/index.ts';
import { type FoundMark, findTextMarks } from './find-malware.ts';
import { type FoundSecret, lineBreaks, SecretList } from './find-secrets.ts';

/** Of a text, so much is searched at a time. */
const windowLength = 1024 * 1024;
/** Longer than any secret with what tells that it is one: what may go on behind the end of a window is left to the next. */
const overlap = 32 * 1024;
/** Longer than what comes before a secret and tells that it is one. */
const lead = 1024;

/** Looks for secrets and marks of malware in a text, piece by piece. Holds little more than a window of it. */
export class TextSearch {
  readonly #file: ExaminedFile;
  readonly #secrets: SecretList;
  readonly #marks = new Map<string, FoundMark>();
  #pieces: string[] = [];
  #length = 0;
  /** Of the text before what is held. */
  #lines = 0;
  /** How much of what is held was searched, and is there for what follows. */
  #searched = 0;

  constructor(file: ExaminedFile) {
    this.#file = file;
    this.#secrets = new SecretList({ assignments: /\/\.env(?:\.[\w.-]+)?$/.test(file.path) });
  }

  push(text: string): void {
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length >= windowLength + overlap) this.#search(false);
  }

  end(): { readonly secrets: readonly FoundSecret[]; readonly marks: readonly FoundMark[] } {
    this.#search(true);
    return { secrets: this.#secrets.found(), marks: [...this.#marks.values()] };
  }

  #search(isLast: boolean): void {
    const text = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join('');
    // What begins in the overlap may go on behind it, and is looked for when that has come.
    const until = isLast ? text.length : text.length - overlap;
    this.#secrets.add(text, this.#lines + 1, { from: this.#searched, until });
    for (const mark of findTextMarks(text, this.#file.path)) this.#marks.set(mark.rule, mark);
    const from = Math.max(0, until - lead);
    this.#lines += lineBreaks(text, from);
    this.#pieces = [text.slice(from)];
    this.#length = text.length - from;
    this.#searched = until - from;
  }
}
