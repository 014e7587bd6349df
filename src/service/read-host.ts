import { judgePending } from './judge.ts';
import type { ImageReaderParts } from './read-images.ts';
import { readSubject } from './read-subject.ts';

/**
 * The bill of materials of this machine itself, from its package databases alone: quick on a machine of any size, and
 * something real to see where no engine runs.
 */
export async function readHost(parts: ImageReaderParts, signal: AbortSignal): Promise<void> {
  const reading = await readSubject({ kind: 'rootfs', path: '/' }, parts.openImage, {
    platform: parts.platform,
    limits: parts.limits,
    walk: 'wanted',
    content: 'pass-over',
    unwanted: [],
    signal,
  });
  await parts.store.boms.put({ ...reading.bom, subject: { kind: 'host', host: parts.host } }, parts.clock.now());
  await judgePending(parts.store, parts.clock, signal);
  parts.events.publish({ type: 'host', host: parts.host });
}
