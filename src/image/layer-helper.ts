import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ExaminerSource, ReadLimits, ReadOptions, WantedFiles } from '../model/index.ts';
import type { ReadBudget } from './read-budget.ts';
import type { LayerClaims, ScannedLayer } from './scan-layer.ts';
import type { LayerLocation } from './scan-location.ts';

/** What the helping thread is started with. */
export interface LayerHelperData {
  readonly wanted: WantedFiles;
  readonly examiners: readonly ExaminerSource[];
  readonly limits: ReadLimits;
  readonly shared: SharedArrayBuffer;
}

/** One layer to read; only what lies in files can be opened by another thread. */
export interface LayerTask {
  readonly id: number;
  readonly location: Exclude<LayerLocation, { readonly open: unknown }>;
  readonly claims: LayerClaims;
}

/** With more, pieces of layers that are done with lie about: a tenth of what a reading takes. */
const maxYoungGenerationSizeMb = 4;

/** A second thread that reads layers of files beside this one, out of the same budget. */
export class LayerHelper {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(layer: ScannedLayer): void; reject(error: unknown): void }>();

  constructor({ wanted, examiners = [] }: Pick<ReadOptions, 'wanted' | 'examiners'>, budget: ReadBudget) {
    const workerData: LayerHelperData = { wanted, examiners, limits: budget.limits, shared: budget.shared };
    // The same ending as this file: TypeScript in a checkout, JavaScript in a package.
    const script = new URL(`./layer-worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(script, { workerData, resourceLimits: { maxYoungGenerationSizeMb } });
    this.#worker.on('message', ({ id, layer }: { id: number; layer: ScannedLayer }) => {
      this.#waiting.get(id)?.resolve(layer);
      this.#waiting.delete(id);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the thread that reads layers ended')));
  }

  scan(task: LayerTask, signal: AbortSignal): Promise<ScannedLayer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => this.#fail(signal.reason), { once: true });
      this.#waiting.set(task.id, { resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
