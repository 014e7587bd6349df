/** The thread that LayerHelper starts: takes LayerTasks, answers ScannedLayers. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadExaminers } from './examination.ts';
import type { LayerHelperData, LayerTask } from './layer-helper.ts';
import { transferablesOf } from './layer-table.ts';
import { ReadBudget } from './read-budget.ts';
import { scanHere } from './scan-location.ts';

const { wanted, examiners, limits, shared } = workerData as LayerHelperData;
const keep = loadExaminers(examiners).then((loaded) => ({ wanted, examiners: loaded }));
const budget = new ReadBudget(limits, shared);
// Whoever started this thread ends it when the reading is stopped.
const { signal } = new AbortController();

parentPort?.on('message', async ({ id, location, claims }: LayerTask) => {
  const layer = await scanHere(location, claims, await keep, budget, signal);
  parentPort?.postMessage({ id, layer }, layer.table ? transferablesOf(layer.table) : []);
});
