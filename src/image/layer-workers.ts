import { Worker } from 'node:worker_threads';
import type { ReadLimits } from '../model/index.ts';
import type { Keep } from './layer-collector.ts';
import type { ReadBudget } from './read-budget.ts';
import type { LayerClaims, ScannedLayer } from './scan-layer.ts';

/** What a worker is started with. */
export interface LayerWorkerData {
  readonly keep: Keep;
  readonly limits: ReadLimits;
  readonly shared: SharedArrayBuffer;
}

export interface LayerTask {
  readonly location: { readonly file: string; readonly offset: number; readonly length: number };
  readonly claims: LayerClaims;
}

interface Waiting {
  readonly task: LayerTask;
  readonly resolve: (layer: ScannedLayer) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads that read layers of files, the largest first, for one image. */
export class LayerWorkers {
  readonly #waiting: Waiting[] = [];
  readonly #running = new Map<Worker, Waiting>();
  readonly #workers: readonly Worker[];
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.#failAll(this.#signal.reason);

  constructor(count: number, keep: Keep, budget: ReadBudget, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
    const workerData: LayerWorkerData = { keep, limits: budget.limits, shared: budget.shared };
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL('./layer-worker.ts', import.meta.url), { workerData });
      worker.on('message', (layer: ScannedLayer) => {
        const waiting = this.#running.get(worker);
        this.#running.delete(worker);
        waiting?.resolve(layer);
        this.#give(worker);
      });
      worker.on('error', (error) => this.#failAll(error));
      return worker;
    });
  }

  scan(task: LayerTask): Promise<ScannedLayer> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) return reject(this.#signal.reason);
      this.#waiting.push({ task, resolve, reject });
      // Once all tasks of this turn are known, so that the largest goes first.
      queueMicrotask(() => {
        for (const worker of this.#workers) this.#give(worker);
      });
    });
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #give(worker: Worker): void {
    if (this.#running.has(worker) || this.#waiting.length === 0) return;
    this.#waiting.sort((a, b) => b.task.location.length - a.task.location.length);
    const next = this.#waiting.shift() as Waiting;
    this.#running.set(worker, next);
    worker.postMessage(next.task);
  }

  #failAll(error: unknown): void {
    for (const { reject } of [...this.#waiting, ...this.#running.values()]) reject(error);
    this.#waiting.length = 0;
  }
}
