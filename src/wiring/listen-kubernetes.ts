import { join } from 'node:path';
import { type Log, systemClock } from '../base/index.ts';
import {
  accessFromPod,
  certificateFiles,
  createKubernetesGate,
  createObjectReader,
  type KubernetesGateParts,
  ownCertificates,
  serveKubernetesGate,
} from '../gate/index.ts';
import type { LaunchDecider } from '../service/index.ts';
import type { KubernetesSettings } from './kubernetes-settings.ts';
import { readNamedFile } from './read-trust-files.ts';

export interface KubernetesListening {
  readonly settings: KubernetesSettings;
  /** The data directory. */
  readonly data: string;
  readonly launches: LaunchDecider;
  readonly resolveImage?: KubernetesGateParts['resolveImage'];
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The gate of a cluster, until the signal; gives where it is reached. ConfigMaps and Secrets are read where it runs in a Pod. */
export async function listenKubernetes(parts: KubernetesListening): Promise<string> {
  const { settings, data, launches, resolveImage, log, signal } = parts;
  const { host, port, certificate, key, clientCa, clientNames, names, cluster, mode, whenUndecided } = settings;
  const reader = process.env.KUBERNETES_SERVICE_HOST
    ? createObjectReader(accessFromPod(process.env), { clock: systemClock, log })
    : undefined;
  const gate = createKubernetesGate({
    launches,
    cluster,
    mode,
    whenUndecided,
    ...(resolveImage ? { resolveImage } : {}),
    ...(reader ? { readObjects: reader.read } : {}),
    clock: systemClock,
    log,
  });
  const certificates =
    certificate && key
      ? certificateFiles({ certificate, key })
      : ownCertificates({ directory: join(data, 'kubernetes'), names, clock: systemClock });
  const ca = clientCa === undefined ? undefined : (await readNamedFile(clientCa, 2 ** 20)).toString('utf8');
  const clients =
    ca === undefined ? {} : { clients: { ca, ...(clientNames.length > 0 ? { names: clientNames } : {}) } };
  const server = await serveKubernetesGate({ host, port, certificates, gate, log, ...clients });
  signal.addEventListener('abort', () => void server.close().finally(() => reader?.close()), { once: true });
  return server.address;
}
