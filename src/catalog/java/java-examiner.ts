import type { FileExaminer, FileNote, Problem } from '../../model/index.ts';
import { archiveEnding, archiveLimits, walkArchive } from './archive-walk.ts';
import type { JavaArtifact } from './identify-archive.ts';

/** What an archive was found to be and hold. */
export interface ArchiveNote extends FileNote {
  readonly kind: 'java-archive';
  readonly artifacts: readonly JavaArtifact[];
  readonly problems: readonly Pick<Problem, 'code' | 'message'>[];
}

/** What the archives of one reading may come to, unpacked by one thread. */
const unpackedAtMost = 4 * 1024 * 1024 * 1024;

/**
 * Looks into Java archives while they stream by, so that nobody keeps them: an image may have more of them than there is
 * memory. The name is what examiners are loaded by.
 */
export function createExaminer(): FileExaminer {
  let left = unpackedAtMost;
  return {
    id: 'java',
    wants: ({ path, size }) => (archiveEnding.test(path) ? size : 0),
    examine({ path, size }, bytes) {
      if (bytes.length < size) {
        const message = `${path} has ${size} bytes, more than the ${bytes.length} that are looked into`;
        return [noteOf([], [{ code: 'catalog/java/limit-exceeded', message }])];
      }
      if (left < archiveLimits.totalBytes) return { unexamined: 'archives came to too many bytes when unpacked' };
      const archive = walkArchive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), path);
      left -= archive.unpackedBytes;
      return [noteOf(archive.artifacts, archive.problems)];
    },
  };
}

function noteOf(artifacts: ArchiveNote['artifacts'], problems: ArchiveNote['problems']): ArchiveNote {
  const told = problems.map(({ code, message }) => ({ code, message }));
  return { kind: 'java-archive', artifacts, problems: told };
}
