import { createHash } from 'node:crypto';
import { catalogers } from '../catalog/index.ts';
import { contentExaminer, inspectVersion } from '../inspect/index.ts';
import type { LookFor } from './read-subject.ts';

/**
 * All that a reading looks for, as a digest: who looks for something else, by another rule or in a later version, would find
 * other things in the same image. What ClamAV knows on a day is not part of it.
 */
export function lookedForBy({ content, unwanted }: LookFor): string {
  const hash = createHash('sha256');
  for (const { id, version } of catalogers) hash.update(`${id}@${version}\n`);
  hash.update(`inspect@${inspectVersion}\n`);
  if (content !== 'pass-over') {
    hash.update(`content@${contentExaminer(content).version}\n`);
    for (const { name, text } of content.yara ?? []) hash.update(`${JSON.stringify([name, text])}\n`);
    for (const [digest, name] of content.badDigests ?? []) hash.update(`${JSON.stringify([digest, name])}\n`);
    if (content.clamd) hash.update('clamd\n');
  }
  for (const { where, text } of unwanted) hash.update(`${JSON.stringify([where, text])}\n`);
  return hash.digest('base64url').slice(0, 22);
}
