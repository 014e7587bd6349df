import { formatAddress, parseAddress } from '../../base/index.ts';

/** The one form in which addresses are compared: `10.0.0.2`, also of an engine's `10.0.0.2/16`. What is none stays. */
export function plainAddress(text: string): string {
  const address = parseAddress(text.split('/', 1)[0] ?? '');
  return address === undefined ? text : formatAddress(address);
}
