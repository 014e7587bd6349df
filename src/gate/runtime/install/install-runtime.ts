import { readFileSync, rmSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RuntimeEngine, RuntimeGateError, runtimeEngines } from '../runtime-call.ts';
import { compileWrapperScript } from '../wrapper-script.ts';
import { editContainerdConfig, restoreContainerdConfig, unseenContainerdRuntimes } from './containerd-config.ts';
import { editDockerConfig, restoreDockerConfig, unseenRuntimes, type Wrappers } from './docker-config.ts';
import { applyChanges, backupOf, type FileChange, readText } from './file-changes.ts';
import { clientPath, type InstallPaths, wrapperFolder } from './install-paths.ts';
import { compilePodmanConfig } from './podman-config.ts';
import { compileServicePath } from './service-path.ts';

export interface InstallOptions {
  readonly engine: RuntimeEngine;
  readonly paths: InstallPaths;
  /** Nothing is written. */
  readonly dryRun?: boolean;
}

export interface InstallReport {
  readonly engine: RuntimeEngine;
  readonly changes: readonly FileChange[];
  /** What has to be done for it to count, as commands; nothing is restarted by itself. */
  readonly restart: readonly string[];
  /** Runtimes of the engine that start containers which the gate does not see. */
  readonly unseen: readonly string[];
  /** What else whoever installs should know, in sentences. */
  readonly notes: readonly string[];
}

export interface RuntimeStatus {
  readonly engine: RuntimeEngine;
  readonly state: 'installed' | 'partly' | 'absent';
  /** What differs from what `install` would write. */
  readonly differs: readonly string[];
  readonly agent: 'listens' | 'away';
  readonly unseen: readonly string[];
}

const restarts: Readonly<Record<RuntimeEngine, readonly string[]>> = {
  docker: ['systemctl daemon-reload', 'systemctl restart containerd docker'],
  podman: ['systemctl try-restart podman.service'],
  containerd: ['systemctl daemon-reload', 'systemctl restart containerd'],
};

/** Puts the wrapper before the runtimes of an engine. Again is as once. Throws RuntimeGateError. */
export function installRuntime(options: InstallOptions): InstallReport {
  const { engine, paths } = options;
  if (paths.runtimes.size === 0)
    throw new RuntimeGateError('install-failed', 'there is neither runc nor crun', { remedy: 'name it by --runtime' });
  const changes = [...programs(paths), ...settings(engine, paths)];
  if (!options.dryRun) applyChanges(changes);
  const isChanged = changes.some(({ before, after }) => before !== after);
  const restart = isChanged ? restarts[engine] : [];
  return { engine, changes, restart, unseen: readUnseen(engine, paths, 'after'), notes: notesOf(engine) };
}

/** The file of containers.conf.d is for everybody who runs podman. */
function notesOf(engine: RuntimeEngine): readonly string[] {
  if (engine !== 'podman') return [];
  return [
    'users without root who run podman can start containers only where PORTWARDEN_RUNTIME_GATE_USERS of the agent names them, or all policies observe',
  ];
}

/** Takes it away, and gives configurations back as they were. Throws RuntimeGateError. */
export function uninstallRuntime(options: InstallOptions): InstallReport {
  const { engine, paths } = options;
  const needed = new Set(
    runtimeEngines
      .filter((other) => other !== engine && isUsedBy(other, paths))
      .flatMap((other) => filesOf(other, paths)),
  );
  const own = [...settings(engine, paths), ...programs(paths)].filter(({ path }) => !needed.has(path));
  const changes = own.flatMap((change): FileChange[] => {
    const { path, before } = change;
    if (before === undefined) return [];
    return [{ ...change, after: change.keeps ? restore(engine, path, before, paths) : undefined }];
  });
  if (!options.dryRun) {
    applyChanges(changes);
    for (const { path, keeps } of changes) if (keeps) rmSync(backupOf(path), { force: true });
  }
  return { engine, changes, restart: changes.length > 0 ? restarts[engine] : [], unseen: [], notes: [] };
}

/** Two engines share the wrappers, and the unit of containerd. */
function filesOf(engine: RuntimeEngine, paths: InstallPaths): readonly string[] {
  return [...settings(engine, paths), ...programs(paths)].map(({ path }) => path);
}

function isUsedBy(engine: RuntimeEngine, paths: InstallPaths): boolean {
  const configs = { docker: paths.dockerConfig, podman: paths.podmanConfig, containerd: paths.containerdConfig };
  return readText(configs[engine])?.includes(wrapperFolder(paths)) === true;
}

function restore(engine: RuntimeEngine, path: string, text: string, paths: InstallPaths): string | undefined {
  const backup = readText(backupOf(path));
  const wrappers = wrappersOf(paths);
  return engine === 'docker'
    ? restoreDockerConfig(text, backup, wrappers)
    : restoreContainerdConfig(text, backup, wrappers);
}

/** Throws RuntimeGateError. */
export async function readRuntimeStatus(options: Pick<InstallOptions, 'engine' | 'paths'>): Promise<RuntimeStatus> {
  const { engine, paths } = options;
  const changes = [...programs(paths), ...settings(engine, paths)];
  const differs = changes.filter(({ before, after }) => before !== after).map(({ path }) => path);
  const state = differs.length === 0 ? 'installed' : differs.length === changes.length ? 'absent' : 'partly';
  return {
    engine,
    state,
    differs,
    agent: (await isListening(paths.socket)) ? 'listens' : 'away',
    unseen: readUnseen(engine, paths),
  };
}

/** A socket may be left by an agent that was killed. */
function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.on('connect', () => {
      connection.end();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

function wrappersOf(paths: InstallPaths): Wrappers {
  return new Map([...paths.runtimes.keys()].map((name) => [name, join(wrapperFolder(paths), name)]));
}

function programs(paths: InstallPaths): readonly FileChange[] {
  const client = clientPath(paths);
  const { node, socket, dataRoot, directory: folder } = paths;
  const scripts = [...paths.runtimes].map(([name, runtime]) => {
    const path = join(wrapperFolder(paths), name);
    const after = compileWrapperScript({ node, client, runtime, socket, dataRoot });
    return { path, before: readText(path), after, keeps: false, mode: 0o755, folder };
  });
  return [
    { path: client, before: readText(client), after: readClient(), keeps: false, mode: 0o644, folder },
    ...scripts,
  ];
}

/** As JavaScript: taking types away costs each start some milliseconds. */
export function readClient(): string {
  const source = fileURLToPath(
    import.meta.resolve(`../runtime-client${import.meta.filename.endsWith('.ts') ? '.ts' : '.js'}`),
  );
  const text = readFileSync(source, 'utf8');
  if (!source.endsWith('.ts')) return text;
  // Node calls it experimental, on standard error, which is for whoever installs.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function settings(engine: RuntimeEngine, paths: InstallPaths): readonly FileChange[] {
  const wrappers = wrappersOf(paths);
  const edit = (path: string, change: (text: string | undefined) => string, keeps: boolean): FileChange => {
    const before = readText(path);
    return { path, before, after: change(before), keeps, mode: 0o644 };
  };
  if (engine === 'podman') return [edit(paths.podmanConfig, () => compilePodmanConfig(wrappers), false)];
  const config =
    engine === 'docker'
      ? edit(paths.dockerConfig, (text) => editDockerConfig(text, wrappers), true)
      : edit(paths.containerdConfig, (text) => editContainerdConfig(text, wrappers), true);
  const folder = wrapperFolder(paths);
  const units = engine === 'docker' ? ['docker', 'containerd'] : ['containerd'];
  return [
    config,
    ...units.map((unit) => {
      const drop = join(paths.units, `${unit}.service.d`);
      return { ...edit(join(drop, 'portwarden-runtime.conf'), () => compileServicePath(folder), false), folder: drop };
    }),
  ];
}

/** As configurations are, or as they are to be. */
function readUnseen(
  engine: RuntimeEngine,
  paths: InstallPaths,
  when: 'before' | 'after' = 'before',
): readonly string[] {
  const [config] = settings(engine, paths);
  const text = config?.[when];
  if (engine === 'podman') return [];
  return engine === 'docker'
    ? unseenRuntimes(text, wrappersOf(paths))
    : unseenContainerdRuntimes(text, wrappersOf(paths));
}
