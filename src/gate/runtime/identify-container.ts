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

/**
 * The same for a container that a user without root keeps: only podman's, and only by files of that user, who could write
 * anything into them.
 */
export async function identifyUserContainer(call: RuntimeCall, owner: number): Promise<KnownContainer> {
  const bundle = call.command === 'exec' ? await readBundle(call, owner) : call.bundle;
  const podman = podmanBundle.exec(bundle)?.groups;
  if (!podman) return { image: unknownImage('no engine that is known keeps its bundle there') };
  return identifyPodmanContainer({ graph: podman.graph ?? '', driver: podman.driver ?? '', id: call.id, owner });
}

/** Of a container that is there: in state.json of runc, in `status` of crun. Empty where neither says. */
async function readBundle(call: RuntimeCall, owner?: number): Promise<string> {
  const whose = owner === undefined ? {} : { owner };
  const usual = owner === undefined ? '/run' : `/run/user/${owner}`;
  const roots = call.root === '' ? [`${usual}/runc`, `${usual}/crun`] : [call.root];
  for (const root of roots) {
    const crun = asObject(await readStateFile(join(root, call.id, 'status'), whose));
    const said = asString(crun?.bundle);
    if (said !== undefined) return said;
    const runc = asObject(asObject(await readStateFile(join(root, call.id, 'state.json'), whose))?.config);
    for (const label of asArray(runc?.labels) ?? [])
      if (typeof label === 'string' && label.startsWith('bundle=')) return label.slice('bundle='.length);
  }
  return '';
}
