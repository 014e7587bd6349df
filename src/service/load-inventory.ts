import { type Digest, parseDigest } from '../base/index.ts';
import { InventoryIndex } from '../inventory/index.ts';
import type { Revisions, Store, StoredComponent } from '../model/index.ts';
import { ComponentDirectory } from './component-directory.ts';
import type { ComponentQuery } from './component-query.ts';

export type InventorySource = Pick<Store, 'boms' | 'workloads' | 'revisions'>;

/** What the store knows of who runs what, in memory. */
export interface Inventory {
  readonly index: InventoryIndex;
  readonly directory: ComponentDirectory;
  /** How the store stood before it was read: what came later may be in it or not. */
  readonly revisions: Revisions;
}

/** All of it, for a process that lives long. */
export async function loadInventory(store: InventorySource): Promise<Inventory> {
  const inventory = {
    index: new InventoryIndex(),
    directory: new ComponentDirectory(),
    revisions: await store.revisions(),
  };
  const { index, directory } = inventory;
  for await (const batch of store.boms.memberships()) {
    for (const { subject, componentIds } of batch) index.setComponents(subject, componentIds);
  }
  // After the memberships, so that the directory has every component that these speak of.
  for await (const batch of store.boms.components()) for (const component of batch) directory.add(component);
  for await (const batch of store.workloads.spans()) for (const span of batch) index.setSpan(span);
  return inventory;
}

/** What one question needs, for a process that asks once; runs of images that nobody has read belong to every answer. */
export async function loadInventoryFor(store: InventorySource, query: ComponentQuery): Promise<Inventory> {
  const components: StoredComponent[] = [];
  for await (const batch of store.boms.components({ names: query.names })) {
    components.push(...batch.filter((component) => query.matches(component)));
  }
  return loadInventoryOf(store, components);
}

/** Who holds these components, and what ran of it. */
export async function loadInventoryOf(
  store: InventorySource,
  components: readonly StoredComponent[],
): Promise<Inventory> {
  const inventory = {
    index: new InventoryIndex(),
    directory: new ComponentDirectory(),
    revisions: await store.revisions(),
  };
  const { index, directory } = inventory;
  for (const component of components) directory.add(component);
  const componentIds = components.map(({ componentId }) => componentId);
  const imageIds: Digest[] = [];
  for await (const batch of store.boms.memberships({ componentIds })) {
    for (const { subject, componentIds: held } of batch) {
      index.setComponents(subject, held);
      const imageId = parseDigest(subject);
      if (imageId) imageIds.push(imageId);
    }
  }
  for await (const batch of store.workloads.spans({ imageIds, unread: true })) {
    for (const span of batch) index.setSpan(span);
  }
  return inventory;
}

/** The inventory as the store is now; the same one where nothing changed, a new one where little of the old is left. */
export async function updateInventory(store: InventorySource, inventory: Inventory): Promise<Inventory> {
  const before = inventory.revisions;
  const revisions = await store.revisions();
  if (revisions.boms === before.boms && revisions.workloads === before.workloads) return inventory;
  const isOlder = revisions.boms < before.boms || revisions.workloads < before.workloads;
  if (isOlder || inventory.index.deadShare > 0.5) return loadInventory(store);
  const { index, directory } = inventory;
  // Everything is read before anything is applied, so that no question sees half of it.
  const memberships = await Array.fromAsync(store.boms.memberships({ changedSince: before.boms }));
  const components = await Array.fromAsync(store.boms.components({ afterId: directory.lastId }));
  const spans = await Array.fromAsync(store.workloads.spans({ changedSince: before.workloads }));
  for (const { subject, componentIds } of memberships.flat()) index.setComponents(subject, componentIds);
  for (const component of components.flat()) directory.add(component);
  for (const span of spans.flat()) index.setSpan(span);
  return { index, directory, revisions };
}
