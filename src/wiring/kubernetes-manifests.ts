import { join } from 'node:path';
import { systemClock } from '../base/index.ts';
import type { KubernetesManifestsRequest } from '../cli/index.ts';
import { compileManifests, ownCertificates } from '../gate/index.ts';
import { readNamedFile } from './read-trust-files.ts';
import { readSettings } from './settings.ts';
import { WiringError } from './wiring-error.ts';

/** The manifests, with the certificates of this machine's data directory, which are made where there are none. */
export async function kubernetesManifests(request: KubernetesManifestsRequest): Promise<readonly object[]> {
  const { url, image, namespace, service, replicas } = request;
  if (url === undefined && image === undefined) {
    throw new WiringError('bad-setting', 'it is not said what shall answer the cluster', {
      remedy: 'give --image REFERENCE for a server in the cluster, or --url https://HOST:PORT for one outside of it',
    });
  }
  const directory = join(readSettings(request).data, 'kubernetes');
  const own = ownCertificates({
    directory: url === undefined ? join(directory, `${service}.${namespace}`) : directory,
    names: [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`],
    clock: systemClock,
  });
  const { failurePolicy, timeoutSeconds, excludedNamespaces, mode } = request;
  const common = { namespace, serviceName: service, failurePolicy, timeoutSeconds, excludedNamespaces, mode };
  const given =
    request.caBundle === undefined ? undefined : (await readNamedFile(request.caBundle, 2 ** 20)).toString('utf8');
  if (url !== undefined || image === undefined) {
    return compileManifests({ ...common, ...(url ? { url } : {}), caBundle: given ?? (await own.bundle()) });
  }
  const { certificate, key, caBundle } = await own.read();
  return compileManifests({ ...common, caBundle: given ?? caBundle, server: { image, replicas, certificate, key } });
}
