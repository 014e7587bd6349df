import type { ExaminedFile, FileExaminer, FileNote } from '../model/index.ts';
import type { ClamdOptions } from './clamd/index.ts';
import { FileSearch, isExecutable, observation } from './file-search.ts';
import { isPassedOver } from './passed-over.ts';
import { compileYaraRules, type YaraSource } from './yara-rules.ts';

/** What to look for in files. Crosses between threads. */
export interface ContentOptions {
  readonly yara?: readonly YaraSource[];
  /** Digests of known-bad files, lower-case hex, with what they are called. */
  readonly badDigests?: ReadonlyMap<string, string>;
  /** Who is shown the files as well: an examiner of its own. */
  readonly clamd?: ClamdOptions;
}

/** It answers at once. */
export interface ContentExaminer extends FileExaminer {
  examine(file: ExaminedFile, bytes: Uint8Array): readonly FileNote[];
}

/** Larger files are looked at as they come, but for YARA, which is shown no larger programs than these. */
const largestGathered = 1024 * 1024;
const largestForYara = 64 * 1024 * 1024;
const smallest = 16;

/**
 * Looks into files while they stream by: secrets and marks of malware in texts, marks and YARA rules in programs and scripts,
 * digests of known-bad files in both. The name is what examiners are loaded by.
 */
export async function createExaminer(options: ContentOptions): Promise<ContentExaminer> {
  const yara = options.yara && options.yara.length > 0 ? await compileYaraRules(options.yara) : undefined;
  const bad = options.badDigests ?? new Map<string, string>();
  return {
    id: 'content',
    wants: ({ path, size }) => (size < smallest || isPassedOver(path) ? 0 : size),
    follow(file) {
      const isForYara = yara !== undefined && file.size <= largestForYara && mayRun(file);
      return file.size <= largestGathered || isForYara ? undefined : new FileSearch(file, bad);
    },
    examine(file, bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const search = new FileSearch(file, bad);
      search.push(buffer);
      const notes = search.end();
      if (yara && isForRules(buffer, file)) {
        for (const { rule, source, tags, severity } of yara.scan(buffer)) {
          const told = tags.length > 0 ? ` (${tags.join(', ')})` : '';
          notes.push(observation('inspect/malware/yara', 'likely', `${rule} of ${source}${told}`, severity));
        }
      }
      return notes;
    },
  };
}

function mayRun({ path, mode }: ExaminedFile): boolean {
  return (mode & 0o111) !== 0 || /\.(?:so(?:\.[\d.]+)?|jar|py|sh|pl|rb|js|php|jsp|war|node)$/.test(path);
}

/** Programs and scripts. */
function isForRules(bytes: Buffer, { mode }: ExaminedFile): boolean {
  return (mode & 0o111) !== 0 || isExecutable(bytes) || (bytes[0] === 0x23 && bytes[1] === 0x21);
}
