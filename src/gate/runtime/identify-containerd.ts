import { join } from 'node:path';
import { messageOf } from '../../base/index.ts';
import { parseImageReference } from '../../model/index.ts';
import { readBoltValue } from './bolt-file.ts';
import { type KnownContainer, unknownImage } from './known-container.ts';
import { digestOf } from './pin-image.ts';

export interface ContainerdPlace {
  /** containerd's root: /var/lib/containerd. */
  readonly root: string;
  readonly namespace: string;
  readonly id: string;
}

/**
 * A container of containerd, by its metadata database (containerd metadata/buckets.go): v1, the namespace, `containers`, its
 * ID, `image`; and for the content of that name `images`, the name, `target`, `digest`. Names lead to another image when
 * they are moved: then the container's is that of today, which may not be what it starts with.
 */
export async function identifyContainerdContainer(place: ContainerdPlace): Promise<KnownContainer> {
  const { root, namespace } = place;
  const engine = namespace === 'k8s.io' ? 'cri' : 'containerd';
  const database = join(root, 'io.containerd.metadata.v1.bolt', 'meta.db');
  const read = (...keys: string[]) => readBoltValue(database, ['v1', namespace, ...keys])?.toString('utf8');
  try {
    const name = read('containers', place.id, 'image');
    if (!name) return { engine, image: unknownImage('containerd does not say of which image it is') };
    // kubelet's images are also called by their ID.
    const id = digestOf(name);
    if (id !== undefined) return { engine, image: { value: name, path: '', id } };
    const digest = digestOf(read('images', name, 'target', 'digest'));
    if (digest === undefined)
      return { engine, image: { value: name, path: '', problem: 'containerd does not know the image' } };
    return { engine, image: { value: name, path: '', reference: { ...withoutTag(name), digest } } };
  } catch (error) {
    return { engine, image: unknownImage(`the database of containerd cannot be read: ${messageOf(error)}`) };
  }
}

/** Throws ImageReferenceError. */
function withoutTag(name: string) {
  const { registry, repository } = parseImageReference(name);
  return { registry, repository };
}
