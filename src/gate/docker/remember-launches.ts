import { hash } from 'node:crypto';
import type { LaunchSet } from '../../model/index.ts';

/** As many are kept as a host starts different things in a while; a long body is read each time. */
const mostKept = 500;
const longestKept = 16_384;

/**
 * What was read of bodies that came before, byte by byte and with the same words beside them: whoever starts a container
 * mostly starts it again. The engine keeps the same texts on disk. What was refused is read anew.
 */
export function rememberLaunches(): (body: Uint8Array, beside: string, read: () => LaunchSet) => LaunchSet {
  const kept = new Map<string, LaunchSet>();
  return (body, beside, read) => {
    if (body.byteLength + beside.length > longestKept) return read();
    const name = `${hash('sha256', body, 'base64')} ${beside}`;
    const set = kept.get(name) ?? read();
    kept.delete(name);
    kept.set(name, set);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return set;
  };
}
