import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Log, messageOf, pause } from '../base/index.ts';
import type { ImageReference } from '../model/index.ts';
import type { Services } from '../service/index.ts';
import type { KubernetesSettings } from './kubernetes-settings.ts';
import { readLanguages } from './languages.ts';
import type { LaunchGateSettings } from './settings.ts';

interface GateScene {
  readonly services: Services;
  readonly host: string;
  readonly data: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** How often policies are asked whether gates observe or enforce. */
const askedEvery = 1000;

/** Puts the gates that the settings name before the engines of this host, until the signal. Gives where each listens. */
export async function openLaunchGates(settings: LaunchGateSettings, scene: GateScene): Promise<readonly string[]> {
  const { docker, runtime, kubernetes } = settings;
  // An installation without its grammars must not come up; and the first launch should not wait for them.
  if ((docker ?? runtime ?? kubernetes) !== undefined) await readLanguages();
  return [
    ...(docker === undefined ? [] : [await openDockerGate(docker, settings.dockerSocket, scene)]),
    ...(runtime === undefined ? [] : [await openRuntimeGate(runtime, settings.runtimeUsers, scene)]),
    ...(kubernetes === undefined ? [] : [await openKubernetesGate(kubernetes, scene)]),
  ];
}

/** dockerd's plugin: a front that outlives this process, and the gate behind it. */
async function openDockerGate(plugin: string, engineSocket: string, scene: GateScene): Promise<string> {
  const { services, host, data, log, signal } = scene;
  const { askEngine, createDockerGate, keepDockerFront, probeGrpc, serveDockerGate, startDockerFront } = await import(
    '../gate/index.ts'
  );
  const { launches } = services;
  let rules = await launches.engineRules(host);
  const gate = createDockerGate({
    launches,
    host,
    engine: askEngine(engineSocket),
    images: { mayPull: (reference) => launches.mayPull(reference, host) },
    settings: () => ({ whenUnreadable: 'by-policy', whenUndecided: 'deny', routes: rules.actions }),
    log,
  });
  const backend = join(data, 'docker-gate.sock');
  const server = await serveDockerGate({ socketPath: backend, gate });
  signal.addEventListener('abort', () => void server.close(), { once: true });
  const whenAway = () => (rules.mode === 'enforce' ? 'deny' : 'allow');
  await startDockerFront({ socketPath: plugin, backend, whenAway: whenAway() });
  void keepDockerFront({ socketPath: plugin, backend, whenAway, log, signal });
  void follow(async () => {
    rules = await launches.engineRules(host);
  }, scene);
  const access = await probeGrpc(engineSocket);
  if (access === 'past-the-gate')
    log.warn(
      { socket: engineSocket },
      'dockerd hands builds to BuildKit before it asks its plugins: they pass the docker gate unseen',
    );
  return plugin;
}

/** What policies say may change at any moment; while the store is away, what held still holds. */
async function follow(look: () => Promise<void>, { log, signal }: GateScene): Promise<void> {
  while (!signal.aborted) {
    await pause(askedEvery, signal);
    if (signal.aborted) return;
    await look().catch((error) => log.warn({ error: messageOf(error) }, 'a launch gate goes on by what held before'));
  }
}

async function openRuntimeGate(socket: string, users: readonly number[], scene: GateScene): Promise<string> {
  const { services, host, log, signal } = scene;
  const { createRuntimeGate, markObserving, serveRuntimeGate, userSocket } = await import('../gate/index.ts');
  const parts = { launches: services.launches, host, log, cgroups: cgroupVersion() };
  const open = async (place: { readonly socket: string; readonly owner?: number }) => {
    const user = place.owner === undefined ? {} : { user: place.owner };
    const server = await serveRuntimeGate({ ...place, gate: createRuntimeGate({ ...parts, ...user }), log });
    signal.addEventListener('abort', () => void server.close(), { once: true });
  };
  await open({ socket });
  for (const owner of users) await open({ socket: userSocket(socket, owner), owner });
  let observes: boolean | undefined;
  const look = async () => {
    const { mode } = await services.launches.engineRules(host);
    if (observes !== (mode === 'observe')) markObserving(socket, mode === 'observe');
    observes = mode === 'observe';
  };
  await look();
  void follow(look, scene);
  return socket;
}

async function openKubernetesGate(settings: KubernetesSettings, scene: GateScene): Promise<string> {
  const { services, data, log, signal } = scene;
  const { launches } = services;
  const { listenKubernetes } = await import('./listen-kubernetes.ts');
  const resolveImage = (reference: ImageReference) => launches.certifiedDigest(reference);
  return listenKubernetes({ settings, data, launches, resolveImage, log, signal });
}

/** The file is in the root of every hierarchy of cgroup v2 (kernel: Documentation/admin-guide/cgroup-v2.rst). */
function cgroupVersion(): 1 | 2 {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1;
}
