/** The thread that LayerWorkers starts: takes LayerTasks, answers ScannedLayers. */
import { parentPort, workerData } from 'node:worker_threads';
import { openLayer } from './layer-source.ts';
import { transferablesOf } from './layer-table.ts';
import type { LayerTask, LayerWorkerData } from './layer-workers.ts';
import { ReadBudget } from './read-budget.ts';
import { scanLayer } from './scan-layer.ts';

const { keep, limits, shared } = workerData as LayerWorkerData;
const budget = new ReadBudget(limits, shared);
// Whoever started this thread ends it when the reading is stopped.
const { signal } = new AbortController();

parentPort?.on('message', async (task: LayerTask) => {
  const layer = await scanLayer(await openLayer(task.location, signal), task.claims, keep, budget, signal);
  parentPort?.postMessage(layer, layer.table ? transferablesOf(layer.table) : []);
});
