import { type KnownContainer, unknownImage } from './known-container.ts';

export interface ContainerdPlace {
  /** containerd's root, /var/lib/containerd unless said. */
  readonly root: string;
  readonly namespace: string;
  readonly id: string;
}

/** A container of containerd, by its metadata database. */
export async function identifyContainerdContainer(place: ContainerdPlace): Promise<KnownContainer> {
  const engine = place.namespace === 'k8s.io' ? 'cri' : 'containerd';
  return { engine, image: unknownImage('the database of containerd cannot be read') };
}
