/**
 * inventory: the index in memory that answers who runs which components, now and then.
 * Never: a store, a version, a name; it knows numbers, and whoever fills it keeps it true.
 * Start at inventory-index.ts.
 */
export { type InventoryAnswer, InventoryIndex, type InventoryQuestion, type When } from './inventory-index.ts';
