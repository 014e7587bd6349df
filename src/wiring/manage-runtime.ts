import type { RuntimeReport, RuntimeRequest } from '../cli/index.ts';
import {
  checkPrograms,
  findInstallPaths,
  type InstallReport,
  installRuntime,
  printChanges,
  type RuntimeStatus,
  readRuntimeStatus,
  uninstallRuntime,
} from '../gate/index.ts';

/** Puts the wrapper of the runtime gate before runtimes of this machine, or takes it away. Throws RuntimeGateError. */
export async function manageRuntime(request: RuntimeRequest): Promise<readonly RuntimeReport[]> {
  const { action, engines, runtime, dryRun } = request;
  const paths = findInstallPaths(runtime);
  if (action === 'install' && !dryRun) checkPrograms(paths);
  if (action === 'status')
    return Promise.all(engines.map(async (engine) => reportStatus(await readRuntimeStatus({ engine, paths }))));
  const work = action === 'install' ? installRuntime : uninstallRuntime;
  return engines.map((engine) => reportWork(work({ engine, paths, dryRun }), dryRun ? 'planned' : 'done'));
}

function reportStatus({ engine, state, agent, unseen, differs }: RuntimeStatus): RuntimeReport {
  return { engine, state, agent, unseen, files: differs, changes: '', restart: [], notes: [] };
}

function reportWork(report: InstallReport, state: 'planned' | 'done'): RuntimeReport {
  const { engine, unseen, restart, notes } = report;
  const files = report.changes.filter(({ before, after }) => before !== after).map(({ path }) => path);
  return {
    engine,
    state: files.length === 0 ? 'unchanged' : state,
    unseen,
    files,
    changes: printChanges(report.changes),
    restart,
    notes,
  };
}
