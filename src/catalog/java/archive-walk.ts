import type { FileEntry, Problem } from '../../model/index.ts';
import { ProblemList } from '../problem-list.ts';
import { identifyArchive, type JavaArtifact } from './identify-archive.ts';
import { parseManifest } from './parse-manifest.ts';
import { type MavenArtifact, parsePomProperties } from './parse-pom-properties.ts';
import { findZipDirectory, readZipFile, type ZipDirectory, type ZipFile, zipFiles } from './zip-archive.ts';

export const archiveEnding = /\.(?:jar|war|ear|par|kar|jpi|hpi)$/;
const pomPath = /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

/** What unpacking one archive may come to, with what lies inside; what is beyond is not looked into. */
export const archiveLimits = {
  /** Archives in archives: a library in a war in an ear is 3. */
  depth: 6,
  /** Of archives in archives that are unpacked at one time, each inside the other. */
  nestedBytes: 32 * 1024 * 1024,
  textBytes: 16 * 1024 * 1024,
  /** All that was unpacked together, and of nested archives also what was not packed. */
  totalBytes: 256 * 1024 * 1024,
  files: 1_000_000,
  artifacts: 20_000,
} as const;

/** What was found in an archive and in those inside it. */
export interface ArchiveReport {
  readonly artifacts: readonly JavaArtifact[];
  readonly problems: readonly Problem[];
  readonly unpackedBytes: number;
}

/** What the archive of that path is and holds, by its whole bytes. Total; takes a second at most, whatever they are. */
export function walkArchive(bytes: Buffer, path: string): ArchiveReport {
  const walk = new ArchiveWalk(path);
  walk.look(bytes, path, 1);
  return {
    artifacts: walk.artifacts,
    problems: walk.problems.toArray(),
    unpackedBytes: archiveLimits.totalBytes - walk.bytesLeft,
  };
}

class ArchiveWalk {
  readonly artifacts: JavaArtifact[] = [];
  readonly problems = new ProblemList([]);
  readonly #entry: Pick<FileEntry, 'path' | 'layer'>;
  bytesLeft: number = archiveLimits.totalBytes;
  #nestedLeft: number = archiveLimits.nestedBytes;
  #filesLeft: number = archiveLimits.files;

  constructor(path: string) {
    this.#entry = { path, layer: 0 };
  }

  /** `name` is the archive's path, with `!/` before each part that lies inside another. */
  look(bytes: Buffer, name: string, depth: number): void {
    const directory = findZipDirectory(bytes);
    if (!directory) {
      this.#problem('catalog/java/bad-archive', `${name} is no archive, or was cut off`);
      return;
    }
    const found = this.#list(directory, name);
    const poms = found.poms.flatMap((file) => this.#readPom(directory, file, name));
    const manifest = found.manifest && this.#read(directory, found.manifest, name, archiveLimits.textBytes);
    const clues = {
      fileName: name.slice(name.lastIndexOf('/') + 1),
      poms,
      manifest: parseManifest(String(manifest ?? '')),
    };
    const artifacts = identifyArchive(clues);
    if (artifacts.length === 0 && found.hasClasses)
      this.#problem('catalog/java/unknown-archive', `${name} says neither what it is nor in which version`);
    const room = archiveLimits.artifacts - this.artifacts.length;
    if (artifacts.length > room)
      this.#problem('catalog/java/limit-exceeded', `${name} holds too many artifacts to be listed`);
    this.artifacts.push(...artifacts.slice(0, room));

    for (const file of found.nested) {
      const inner = `${name}!/${file.name}`;
      if (depth >= archiveLimits.depth) {
        const message = `${inner} lies in more than ${archiveLimits.depth} archives and was not read`;
        this.#problem('catalog/java/limit-exceeded', message);
        continue;
      }
      const content = this.#read(directory, file, name, this.#nestedLeft);
      if (!content) continue;
      this.#nestedLeft -= content.length;
      this.look(content, inner, depth + 1);
      this.#nestedLeft += content.length;
    }
  }

  #list(directory: ZipDirectory, name: string) {
    const found = {
      poms: [] as ZipFile[],
      nested: [] as ZipFile[],
      manifest: undefined as ZipFile | undefined,
      hasClasses: false,
    };
    const files = zipFiles(directory);
    for (let next = files.next(); ; next = files.next()) {
      if (next.done) {
        if (!next.value) this.#problem('catalog/java/bad-archive', `${name} has a broken directory`);
        return found;
      }
      if (--this.#filesLeft < 0) {
        this.#problem('catalog/java/limit-exceeded', `${name} has files that are too many to be looked at`);
        return found;
      }
      const file = next.value;
      if (file.name === 'META-INF/MANIFEST.MF') found.manifest ??= file;
      else if (file.name.endsWith('.class')) found.hasClasses = true;
      else if (pomPath.test(file.name)) found.poms.push(file);
      else if (archiveEnding.test(file.name)) found.nested.push(file);
    }
  }

  #readPom(directory: ZipDirectory, file: ZipFile, name: string): readonly MavenArtifact[] {
    const bytes = this.#read(directory, file, name, archiveLimits.textBytes);
    if (!bytes) return [];
    const pom = parsePomProperties(bytes.toString('utf8'));
    if (!pom) this.#problem('catalog/java/bad-pom', `${name}!/${file.name} names no artifact`);
    return pom ? [pom] : [];
  }

  #read(directory: ZipDirectory, file: ZipFile, name: string, most: number): Buffer | undefined {
    const limit = Math.min(most, this.bytesLeft);
    const content = readZipFile(directory, file, limit);
    if ('bytes' in content) {
      this.bytesLeft -= content.bytes.length;
      return content.bytes;
    }
    const isTooLarge = content.reason.startsWith('has more');
    // What was unpacked for nothing was unpacked too.
    if (isTooLarge) this.bytesLeft -= limit;
    const code = isTooLarge ? 'catalog/java/limit-exceeded' : 'catalog/java/bad-archive';
    this.#problem(code, `${name}!/${file.name} ${content.reason}`);
    return undefined;
  }

  #problem(code: string, message: string): void {
    this.problems.add(code, this.#entry, message);
  }
}
