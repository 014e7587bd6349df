import type { Instant } from '../../base/index.ts';
import { saidOfName } from '../reach/name-fits.ts';

/** Which addresses the kernel has for which name, and until when. */
export interface HeldAddresses {
  /** Whether all of them are held until then. */
  covers(name: string, addresses: readonly string[], until: Instant): boolean;
  /** Notes them; false, and none is noted, where a rule would have more than the kernel takes. */
  hold(name: string, addresses: readonly string[], until: Instant, now: Instant): boolean;
  /** They could not be written. */
  release(name: string): void;
  /** What rules say of names: addresses are bounded for each of these. */
  follow(said: ReadonlySet<string>): void;
}

/** The sets of the kernel take 4,096 (nftables/compile-table.ts): who is over would be refused, with all that wait beside it. */
const mostOfOne = 4000;
const mostOfAll = 32_768;

export function createHeldAddresses(bounds: { readonly ofOne?: number; readonly ofAll?: number } = {}): HeldAddresses {
  const { ofOne = mostOfOne, ofAll = mostOfAll } = bounds;
  const byName = new Map<string, Map<string, Instant>>();
  let said: ReadonlySet<string> = new Set();
  let counts = new Map<string, number>();
  let total = 0;

  const count = (name: string, change: number): void => {
    total += change;
    for (const each of saidOfName(name)) if (said.has(each)) counts.set(each, (counts.get(each) ?? 0) + change);
  };
  const hasRoom = (name: string, more: number): boolean =>
    total + more <= ofAll && saidOfName(name).every((each) => (counts.get(each) ?? 0) + more <= ofOne);

  function forget(now: Instant): void {
    for (const [name, addresses] of byName) {
      const before = addresses.size;
      for (const [address, until] of addresses) if (until <= now) addresses.delete(address);
      count(name, addresses.size - before);
      if (addresses.size === 0) byName.delete(name);
    }
  }

  return {
    covers(name, addresses, until) {
      const held = byName.get(name);
      return held !== undefined && addresses.every((address) => (held.get(address) ?? 0) >= until);
    },
    hold(name, addresses, until, now) {
      const held = byName.get(name) ?? new Map<string, Instant>();
      let fresh = addresses.filter((address) => !held.has(address));
      if (!hasRoom(name, fresh.length)) {
        forget(now);
        fresh = addresses.filter((address) => !held.has(address));
        if (!hasRoom(name, fresh.length)) return false;
      }
      for (const address of addresses) held.set(address, Math.max(until, held.get(address) ?? 0));
      if (held.size > 0) byName.set(name, held);
      count(name, fresh.length);
      return true;
    },
    release(name) {
      count(name, -(byName.get(name)?.size ?? 0));
      byName.delete(name);
    },
    follow(now) {
      said = now;
      counts = new Map();
      total = 0;
      for (const [name, addresses] of byName) count(name, addresses.size);
    },
  };
}
