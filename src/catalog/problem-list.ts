import type { FileEntry, ImageContents, Problem } from '../model/index.ts';

/** How many problems of one code in one file are told one by one. */
export const problemsTold = 20;

/** Problems of a cataloger. A hostile database with a million bad stanzas makes twenty problems and a count. */
export class ProblemList {
  readonly #layers: ImageContents['layers'];
  readonly #told: Problem[] = [];
  readonly #counts = new Map<string, { readonly problem: Problem; count: number }>();

  constructor(layers: ImageContents['layers']) {
    this.#layers = layers;
  }

  add(code: string, entry: Pick<FileEntry, 'path' | 'layer'>, message: string): void {
    const key = `${code} ${entry.path}`;
    const known = this.#counts.get(key);
    if (known) known.count++;
    if (known && known.count > problemsTold) return;
    const layer = this.#layers[entry.layer]?.diffId;
    const problem: Problem = { code, message, path: entry.path, ...(layer ? { layer } : {}) };
    if (!known) this.#counts.set(key, { problem, count: 1 });
    this.#told.push(problem);
  }

  toArray(): readonly Problem[] {
    const more: Problem[] = [];
    for (const { problem, count } of this.#counts.values()) {
      if (count > problemsTold)
        more.push({ ...problem, message: `${problem.path} has ${count - problemsTold} more problems of this kind` });
    }
    return [...this.#told, ...more];
  }
}
