import { type Address, formatAddress, parseAddress } from '../base/index.ts';
import { remember } from './remember.ts';

/** An address of an endpoint, in the form of formatAddress. */
export type ReadAddress = Address & { readonly text: string };

/** Those of an endpoint, each once; what is none is left out. */
export const readAddresses = remember((written: readonly string[]): readonly ReadAddress[] => {
  const read = new Map<string, ReadAddress>();
  for (const each of written) {
    const address = parseAddress(each);
    if (address === undefined) continue;
    const text = formatAddress(address);
    read.set(text, { ...address, text });
  }
  return [...read.values()];
});
