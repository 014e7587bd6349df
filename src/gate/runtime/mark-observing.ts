import { rmSync, writeFileSync } from 'node:fs';
import { observingMark } from './runtime-client.ts';

/** Lets wrappers go on while this agent is away, or takes that back; as long as no policy refuses anything, nothing is lost. */
export function markObserving(socket: string, observes: boolean): void {
  const mark = observingMark(socket);
  rmSync(mark, { force: true });
  if (observes) writeFileSync(mark, '', { mode: 0o600, flag: 'wx' });
}
