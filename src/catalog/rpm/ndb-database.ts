import { databaseLimits } from '../database-limits.ts';
import { type HeaderBlobs, notADatabase, toBuffer } from './header-blobs.ts';

const pageSize = 4096;
const slotSize = 16;
const headerSize = 32;
const blockSize = 16;
const blobHeadSize = 16;
const blobTailSize = 12;

/**
 * The headers in rpm's own database `Packages.db` (rpm, lib/backend/ndb/rpmpkg.c: pages of slots, each naming the blocks
 * of a blob; little-endian). Total, and linear: all blobs together are no longer than the file.
 */
export function readNdbHeaders(database: Uint8Array): HeaderBlobs {
  const file = toBuffer(database);
  if (file.length < headerSize || file.toString('latin1', 0, 4) !== 'RpmP') return notADatabase('is no ndb database');
  const version = file.readUInt32LE(4);
  if (version !== 0) return notADatabase(`is an ndb database of version ${version}, which is not known`);
  const blobs: Buffer[] = [];
  const problems: string[] = [];
  const slotsEnd = file.readUInt32LE(12) * pageSize;
  if (slotsEnd > file.length) problems.push('ends within its slots');
  let room = file.length;
  for (let at = headerSize; at + slotSize <= Math.min(slotsEnd, file.length); at += slotSize) {
    if (file.toString('latin1', at, at + 4) !== 'Slot') {
      problems.push(`has no slot at byte ${at}`);
      break;
    }
    const start = file.readUInt32LE(at + 8) * blockSize;
    const length = file.readUInt32LE(at + 12) * blockSize;
    if (start === 0) continue;
    const blob = readBlob(file.subarray(start, start + length), length, file.readUInt32LE(at + 4));
    room -= length;
    if (room < 0 || blobs.length >= databaseLimits.packages || problems.length >= databaseLimits.problems) {
      problems.push(`has more packages than it has room for; those from byte ${at} on were not read`);
      break;
    }
    if (blob) blobs.push(blob);
    else problems.push(`has a broken package at byte ${start}`);
  }
  return { blobs, problems };
}

/** Magic, package, time and length before it; checksum, length and magic at the end of its last block. */
function readBlob(bytes: Buffer, length: number, index: number): Buffer | undefined {
  if (bytes.length !== length || length < blobHeadSize + blobTailSize) return undefined;
  if (bytes.toString('latin1', 0, 4) !== 'BlbS' || bytes.toString('latin1', length - 4) !== 'BlbE') return undefined;
  const size = bytes.readUInt32LE(12);
  if (bytes.readUInt32LE(4) !== index || bytes.readUInt32LE(length - 8) !== size) return undefined;
  if (blobHeadSize + size + blobTailSize > length) return undefined;
  return bytes.subarray(blobHeadSize, blobHeadSize + size);
}
