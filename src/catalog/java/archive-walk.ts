import { yieldToEventLoop } from '../../base/index.ts';
import type { FileEntry } from '../../model/index.ts';
import type { ProblemList } from '../problem-list.ts';
import { identifyArchive, type JavaArtifact } from './identify-archive.ts';
import { parseManifest } from './parse-manifest.ts';
import { type MavenArtifact, parsePomProperties } from './parse-pom-properties.ts';
import { findZipDirectory, readZipFile, type ZipDirectory, type ZipFile, zipFiles } from './zip-archive.ts';

export const archiveEnding = /\.(?:jar|war|ear|par|kar|jpi|hpi)$/;
const pomPath = /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

/** What unpacking the archives of one subject may come to; what is beyond is not looked into. */
export const archiveLimits = {
  /** Archives in archives: a library in a war in an ear is 3. */
  depth: 6,
  nestedBytes: 128 * 1024 * 1024,
  textBytes: 16 * 1024 * 1024,
  /** All that was unpacked together, and of nested archives also what was not packed. */
  totalBytes: 4 * 1024 * 1024 * 1024,
  /** All files of all archives. */
  files: 5_000_000,
} as const;

/** Looks into the archives of one subject, one after the other, and into those inside them. */
export class ArchiveWalk {
  readonly #problems: ProblemList;
  readonly #signal: AbortSignal;
  #bytesLeft: number = archiveLimits.totalBytes;
  #filesLeft: number = archiveLimits.files;

  constructor(problems: ProblemList, signal: AbortSignal) {
    this.#problems = problems;
    this.#signal = signal;
  }

  /**
   * What an archive is and holds; gives way between two archives, and throws where the signal was aborted. `name` is its
   * path, with `!/` before each part that lies inside another.
   */
  async *artifacts(bytes: Buffer, entry: FileEntry, name = entry.path, depth = 1): AsyncGenerator<JavaArtifact> {
    await yieldToEventLoop();
    this.#signal.throwIfAborted();
    const directory = findZipDirectory(bytes);
    if (!directory) {
      this.#problems.add('catalog/java/bad-archive', entry, `${name} is no archive, or was cut off`);
      return;
    }
    const found = this.#list(directory, entry, name);
    const poms = found.poms.flatMap((file) => this.#readPom(directory, file, entry, name));
    const manifest = found.manifest && this.#read(directory, found.manifest, entry, name, archiveLimits.textBytes);
    const clues = {
      fileName: name.slice(name.lastIndexOf('/') + 1),
      poms,
      manifest: parseManifest(String(manifest ?? '')),
    };
    const artifacts = identifyArchive(clues);
    if (artifacts.length === 0 && found.hasClasses)
      this.#problems.add('catalog/java/unknown-archive', entry, `${name} says neither what it is nor in which version`);
    yield* artifacts;

    for (const file of found.nested) {
      const inner = `${name}!/${file.name}`;
      if (depth >= archiveLimits.depth) {
        const message = `${inner} lies in more than ${archiveLimits.depth} archives and was not read`;
        this.#problems.add('catalog/java/limit-exceeded', entry, message);
        continue;
      }
      const content = this.#read(directory, file, entry, name, archiveLimits.nestedBytes);
      if (content) yield* this.artifacts(content, entry, inner, depth + 1);
    }
  }

  #list(directory: ZipDirectory, entry: FileEntry, name: string) {
    const found = {
      poms: [] as ZipFile[],
      nested: [] as ZipFile[],
      manifest: undefined as ZipFile | undefined,
      hasClasses: false,
    };
    const files = zipFiles(directory);
    for (let next = files.next(); ; next = files.next()) {
      if (next.done) {
        if (!next.value) this.#problems.add('catalog/java/bad-archive', entry, `${name} has a broken directory`);
        return found;
      }
      if (--this.#filesLeft < 0) {
        this.#problems.add('catalog/java/limit-exceeded', entry, `${name} has files that are too many to be looked at`);
        return found;
      }
      const file = next.value;
      if (file.name === 'META-INF/MANIFEST.MF') found.manifest ??= file;
      else if (file.name.endsWith('.class')) found.hasClasses = true;
      else if (pomPath.test(file.name)) found.poms.push(file);
      else if (archiveEnding.test(file.name)) found.nested.push(file);
    }
  }

  #readPom(directory: ZipDirectory, file: ZipFile, entry: FileEntry, name: string): readonly MavenArtifact[] {
    const bytes = this.#read(directory, file, entry, name, archiveLimits.textBytes);
    if (!bytes) return [];
    const pom = parsePomProperties(bytes.toString('utf8'));
    if (!pom) this.#problems.add('catalog/java/bad-pom', entry, `${name}!/${file.name} names no artifact`);
    return pom ? [pom] : [];
  }

  #read(directory: ZipDirectory, file: ZipFile, entry: FileEntry, name: string, most: number): Buffer | undefined {
    const limit = Math.min(most, this.#bytesLeft);
    const content = readZipFile(directory, file, limit);
    if ('bytes' in content) {
      this.#bytesLeft -= content.bytes.length;
      return content.bytes;
    }
    // What was unpacked for nothing was unpacked too.
    if (content.reason.startsWith('has more')) this.#bytesLeft -= limit;
    const code = content.reason.startsWith('has more') ? 'catalog/java/limit-exceeded' : 'catalog/java/bad-archive';
    this.#problems.add(code, entry, `${name}!/${file.name} ${content.reason}`);
    return undefined;
  }
}
