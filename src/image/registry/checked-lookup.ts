import { type LookupAddress, type LookupOptions, lookup as resolveName } from 'node:dns';
import { isPublicAddress } from './registry-endpoint.ts';

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Resolver = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export function isPublic({ address }: LookupAddress): boolean {
  return isPublicAddress(address) === true;
}

/**
 * A resolver for connections that shows all addresses of a name to `check` before any of them is used; what it throws
 * fails the connection. The connection goes to the very addresses that were checked, so a name that resolves otherwise
 * the next time gains nothing.
 */
export function checkedLookup(
  check: (addresses: readonly LookupAddress[], hostname: string) => void,
  resolve: Resolver = resolveName,
) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        check(addresses, hostname);
      } catch (refusal) {
        return callback(refusal as Error, []);
      }
      const [first] = addresses;
      if (options.all || !first) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
