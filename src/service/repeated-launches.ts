import type { Instant } from '../base/index.ts';
import type { LaunchRecord } from '../model/index.ts';

/** How long the same is not recorded again, in milliseconds, and how many are remembered. */
const recordedFor = 600_000;
const mostRemembered = 20_000;

/**
 * Health checks have an engine start the same process in a container every few seconds, for ever: of those that pass the
 * runtime gate with the same verdict, one in ten minutes is recorded. What is refused or not decided always is, and so is
 * whatever starts a container.
 */
export function createRepeats(): (record: LaunchRecord) => boolean {
  const recorded = new Map<string, Instant>();
  return ({ gate, host, at, outcome, observed, facts }) => {
    const isExec = facts.length > 0 && facts.every(({ request }) => request.action === 'exec');
    if (gate !== 'runtime' || outcome !== 'allow' || !isExec) return false;
    const named = facts.map(({ fingerprint, request }) => [fingerprint, request.name ?? null]);
    const key = JSON.stringify([host, observed, named]);
    const last = recorded.get(key);
    if (last !== undefined && at - last < recordedFor) return true;
    recorded.delete(key);
    recorded.set(key, at);
    const [oldest] = recorded.keys();
    if (recorded.size > mostRemembered && oldest !== undefined) recorded.delete(oldest);
    return false;
  };
}
