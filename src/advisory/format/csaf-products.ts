import { asArray, asObject, asString } from '../../base/index.ts';
import type { VexProduct } from '../../model/index.ts';
import { RecordFault } from './record.ts';

/** What a product ID of a document stands for. */
export type CsafProducts = ReadonlyMap<string, VexProduct>;

const limits = { products: 200_000, depth: 32, identifier: 2048 };

/**
 * The products of a CSAF document by their IDs, which mean nothing outside of it (CSAF 2.0, 3.2.2). Of a relationship, the
 * product is what the component is part of or installed on, and the component is the part. Throws RecordFault where
 * the tree is too large. Products without a package URL or CPE are left out: nobody could tell what they are.
 */
export function parseCsafProducts(tree: unknown): CsafProducts {
  const known = new Map<string, VexProduct>();

  function add(value: unknown): void {
    const product = asObject(value);
    const id = asString(product?.product_id);
    const identifiers = identifiersOf(product?.product_identification_helper);
    if (id === undefined || identifiers.length === 0) return;
    if (known.size >= limits.products) throw new RecordFault(`it has more than ${limits.products} products`);
    known.set(id, { identifiers, subcomponents: [] });
  }

  function walk(branches: unknown, depth: number): void {
    if (depth > limits.depth) throw new RecordFault(`its branches are nested more than ${limits.depth} deep`);
    for (const item of asArray(branches) ?? []) {
      const branch = asObject(item);
      if (branch?.product !== undefined) add(branch.product);
      if (branch?.branches !== undefined) walk(branch.branches, depth + 1);
    }
  }

  const root = asObject(tree);
  walk(root?.branches, 1);
  for (const item of asArray(root?.full_product_names) ?? []) add(item);
  for (const item of asArray(root?.relationships) ?? []) {
    const relationship = asObject(item);
    const id = asString(asObject(relationship?.full_product_name)?.product_id);
    const whole = known.get(asString(relationship?.relates_to_product_reference) ?? '');
    const part = known.get(asString(relationship?.product_reference) ?? '');
    if (id === undefined || !whole || !part) continue;
    if (known.size >= limits.products) throw new RecordFault(`it has more than ${limits.products} products`);
    known.set(id, { identifiers: whole.identifiers, subcomponents: [part.identifiers] });
  }
  return known;
}

function identifiersOf(value: unknown): readonly string[] {
  const helper = asObject(value);
  return [helper?.purl, helper?.cpe].filter(
    (text): text is string => typeof text === 'string' && text !== '' && text.length <= limits.identifier,
  );
}
