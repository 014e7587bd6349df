/** The thread that LayerHelper starts: takes LayerTasks, answers ScannedLayers. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadExaminers } from './examination.ts';
import type { LayerHelperData, LayerTask } from './layer-helper.ts';
import { openLayer } from './layer-source.ts';
import { transferablesOf } from './layer-table.ts';
import { ReadBudget } from './read-budget.ts';
import { scanLayer } from './scan-layer.ts';

const { wanted, examiners, limits, shared } = workerData as LayerHelperData;
const keep = loadExaminers(examiners).then((loaded) => ({ wanted, examiners: loaded }));
const budget = new ReadBudget(limits, shared);
// Whoever started this thread ends it when the reading is stopped.
const { signal } = new AbortController();

async function* lazily(location: LayerTask['location']): AsyncGenerator<Uint8Array> {
  yield* await openLayer(location, signal);
}

parentPort?.on('message', async ({ id, location, claims }: LayerTask) => {
  const layer = await scanLayer(lazily(location), claims, await keep, budget, signal);
  parentPort?.postMessage({ id, layer }, layer.table ? transferablesOf(layer.table) : []);
});
