import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Log, messageOf, pause, systemClock } from '../base/index.ts';
import type { EngineRules } from '../model/index.ts';
import type { Services } from '../service/index.ts';
import type { KubernetesGateSettings, LaunchGateSettings } from './settings.ts';

interface GateScene {
  readonly services: Services;
  readonly host: string;
  readonly data: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** How often policies are asked whether the docker gate observes or enforces. */
const askedEvery = 1000;

/** Puts the gates that the settings name before the engines of this host, until the signal. Gives where each listens. */
export async function openLaunchGates(settings: LaunchGateSettings, scene: GateScene): Promise<readonly string[]> {
  const { docker, runtime, kubernetes } = settings;
  return [
    ...(docker === undefined ? [] : [await openDockerGate(docker, settings.dockerSocket, scene)]),
    ...(runtime === undefined ? [] : [await openRuntimeGate(runtime, scene)]),
    ...(kubernetes === undefined ? [] : [await openKubernetesGate(kubernetes, scene)]),
  ];
}

/** dockerd's plugin: a front that outlives this process, and the gate behind it. */
async function openDockerGate(plugin: string, engineSocket: string, scene: GateScene): Promise<string> {
  const { services, host, data, log, signal } = scene;
  const { askEngine, createDockerGate, serveDockerGate, startDockerFront } = await import('../gate/index.ts');
  const { launches } = services;
  let rules = await launches.engineRules(host);
  const gate = createDockerGate({
    launches,
    host,
    engine: askEngine(engineSocket),
    images: { mayPull: (reference) => launches.mayPull(reference, host) },
    settings: () => ({
      whenUnreadable: rules.mode === 'enforce' ? 'deny' : 'allow-and-record',
      whenUndecided: 'deny',
      routes: rules.actions,
    }),
    log,
  });
  const backend = join(data, 'docker-gate.sock');
  const server = await serveDockerGate({ socketPath: backend, gate });
  signal.addEventListener('abort', () => void server.close(), { once: true });
  const front = ({ mode }: EngineRules) =>
    startDockerFront({ socketPath: plugin, backend, whenAway: mode === 'enforce' ? 'deny' : 'allow' });
  await front(rules);
  void follow(async () => {
    const next = await launches.engineRules(host);
    if (next.mode !== rules.mode) await front(next);
    rules = next;
  }, scene);
  return plugin;
}

/** What policies say may change at any moment; while the store is away, what held still holds. */
async function follow(look: () => Promise<void>, { log, signal }: GateScene): Promise<void> {
  while (!signal.aborted) {
    await pause(askedEvery, signal);
    if (signal.aborted) return;
    await look().catch((error) => log.warn({ error: messageOf(error) }, 'the docker gate goes on by what held before'));
  }
}

async function openRuntimeGate(socket: string, { services, host, log, signal }: GateScene): Promise<string> {
  const { createRuntimeGate, serveRuntimeGate } = await import('../gate/index.ts');
  const gate = createRuntimeGate({ launches: services.launches, host, log, cgroups: cgroupVersion() });
  const server = await serveRuntimeGate({ socket, gate, log });
  signal.addEventListener('abort', () => void server.close(), { once: true });
  return socket;
}

async function openKubernetesGate(settings: KubernetesGateSettings, scene: GateScene): Promise<string> {
  const { services, data, log, signal } = scene;
  const {
    accessFromPod,
    certificateFiles,
    createKubernetesGate,
    createObjectReader,
    ownCertificates,
    serveKubernetesGate,
  } = await import('../gate/index.ts');
  const { host, port, names, certificate, key, cluster } = settings;
  const inCluster = process.env.KUBERNETES_SERVICE_HOST !== undefined;
  const reader = inCluster ? createObjectReader(accessFromPod(process.env), { clock: systemClock, log }) : undefined;
  const gate = createKubernetesGate({
    launches: services.launches,
    cluster,
    clock: systemClock,
    log,
    resolveImage: (reference) => services.launches.certifiedDigest(reference),
    ...(reader ? { readObjects: reader.read } : {}),
  });
  const certificates =
    certificate !== undefined && key !== undefined
      ? certificateFiles({ certificate, key })
      : ownCertificates({ directory: join(data, 'kubernetes-gate'), names, clock: systemClock });
  const server = await serveKubernetesGate({ host, port, certificates, gate, log });
  signal.addEventListener('abort', () => void server.close(), { once: true });
  return server.address;
}

/** The file is in the root of every hierarchy of cgroup v2 (kernel: Documentation/admin-guide/cgroup-v2.rst). */
function cgroupVersion(): 1 | 2 {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1;
}
