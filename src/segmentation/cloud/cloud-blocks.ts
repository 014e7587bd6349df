import { type AddressSet, parseCidr } from '../../base/index.ts';
import { parseLooseCidr } from '../kubernetes/cluster-policy.ts';
import type { JsonField } from './json-field.ts';

/** What a rule says of addresses: a block, or an expression whose value nobody knows. */
export function readCloudBlock(field: JsonField): AddressSet | 'unknown' | undefined {
  const text = field.text();
  if (text === undefined) return undefined;
  if (text.includes('${')) return 'unknown';
  return parseCidr(text) ?? parseLooseCidr(text) ?? field.fail('must be a block such as 10.0.0.0/8 or fd00::/8');
}
