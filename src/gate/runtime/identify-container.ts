import { join } from 'node:path';
import { asArray, asObject, asString } from '../../base/index.ts';
import { identifyContainerdContainer } from './identify-containerd.ts';
import { identifyDockerContainer } from './identify-docker.ts';
import { identifyPodmanContainer } from './identify-podman.ts';
import { type KnownContainer, unknownImage } from './known-container.ts';
import { readStateFile } from './read-state-file.ts';
import type { RuntimeCall } from './runtime-call.ts';

const podmanBundle = /^(?<graph>\/.*)\/(?<driver>[a-z0-9]+)-containers\/(?<id>[0-9a-f]{64})\/userdata$/;
const containerdBundle = /\/io\.containerd\.runtime\.v[12]\.(?:task|linux)\/(?<namespace>[^/]+)\/(?<id>[^/]+)$/;

/**
 * Looks up a container in the files of its engine. The engine itself is not asked: dockerd holds a lock on the container
 * while it starts. Never rejects: what cannot be found or read is missing, or said in the image's `problem`.
 */
export async function identifyContainer(
  call: RuntimeCall,
  containerdRoot = '/var/lib/containerd',
): Promise<KnownContainer> {
  const bundle = call.command === 'exec' ? await readBundle(call) : call.bundle;
  const podman = podmanBundle.exec(bundle)?.groups;
  if (podman) return identifyPodmanContainer({ graph: podman.graph ?? '', driver: podman.driver ?? '', id: call.id });
  const namespace = containerdBundle.exec(bundle)?.groups?.namespace;
  // Those of kubelet are never dockerd's, whatever ID they have.
  const docker = namespace === 'k8s.io' ? undefined : await identifyDockerContainer(call.dataRoot, call.id);
  if (docker) return docker;
  if (namespace === undefined) return { image: unknownImage('no engine that is known keeps its bundle there') };
  return identifyContainerdContainer({ root: containerdRoot, namespace, id: call.id });
}

/** Of a container that is there: in state.json of runc, in `status` of crun. Empty where neither says. */
async function readBundle(call: RuntimeCall): Promise<string> {
  const roots = call.root === '' ? ['/run/runc', '/run/crun'] : [call.root];
  for (const root of roots) {
    const crun = asObject(await readStateFile(join(root, call.id, 'status')));
    const said = asString(crun?.bundle);
    if (said !== undefined) return said;
    const runc = asObject(asObject(await readStateFile(join(root, call.id, 'state.json')))?.config);
    for (const label of asArray(runc?.labels) ?? [])
      if (typeof label === 'string' && label.startsWith('bundle=')) return label.slice('bundle='.length);
  }
  return '';
}
