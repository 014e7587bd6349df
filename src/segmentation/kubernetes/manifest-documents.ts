import type { Document } from 'yaml';
import { BoundError, lazyLibrary, parseJson } from '../../base/index.ts';
import type { TrafficRemark } from '../../model/index.ts';
import { SegmentationError } from '../segmentation-error.ts';
import { findPlainLine, parsePlainYaml } from './parse-plain-yaml.ts';

const yaml = lazyLibrary<typeof import('yaml')>('yaml');

export interface ManifestFile {
  readonly path: string;
  readonly text: string;
}

/** One object of a cluster, as it was written. */
export interface ManifestDocument {
  readonly kind: string;
  /** `apps` of `apps/v1`; empty for the core. */
  readonly group: string;
  readonly version: string;
  readonly value: unknown;
  readonly file: string;
  /** Steps from the top of what was parsed down to this object: those of a List are within it. */
  readonly root: readonly (string | number)[];
  /** It holds `{{`: what of it makes no sense is told, and not refused. */
  readonly isTemplate: boolean;
  /** The line in the file of what a path names, or of the nearest above it that is there. */
  lineOf(path: readonly (string | number)[]): number;
}

/** Of all files together, but for `fileBytes`. Depth is in open collections as the parser counts them, two for a level. */
export const manifestLimits = {
  files: 100_000,
  bytes: 512 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  documents: 500_000,
  depth: 130,
  /** JSON of up to so many is parsed again for the lines of what it says. */
  locateBytes: 1024 * 1024,
  aliases: 100,
};

/**
 * The objects in files of YAML (1.2, several documents each) or JSON, those of Lists one by one, of the kinds that are wanted.
 * What is no YAML, as a template of Helm, is told as a remark and left out. Throws SegmentationError `bad-rules` where a bound is
 * passed.
 */
export function readManifestDocuments(
  files: readonly ManifestFile[],
  wants: (kind: string) => boolean,
): { readonly documents: readonly ManifestDocument[]; readonly remarks: readonly TrafficRemark[] } {
  const documents: ManifestDocument[] = [];
  const remarks: TrafficRemark[] = [];
  const reader = new DocumentReader(documents, remarks, (kind) => wants(kind) || kind.endsWith('List'), wants);
  let bytes = 0;
  if (files.length > manifestLimits.files)
    throw new SegmentationError('bad-rules', `there are more than ${manifestLimits.files} files`);
  for (const file of files) {
    bytes += file.text.length;
    if (file.text.length > manifestLimits.fileBytes)
      throw new SegmentationError('bad-rules', `${file.path}: it is larger than ${manifestLimits.fileBytes} bytes`);
    if (bytes > manifestLimits.bytes)
      throw new SegmentationError('bad-rules', `${file.path}: the files are larger than ${manifestLimits.bytes} bytes`);
    reader.read(file);
  }
  return { documents, remarks };
}

interface Chunk {
  readonly text: string;
  /** Of its first line in the file. */
  readonly line: number;
}

class DocumentReader {
  private readonly documents: ManifestDocument[];
  private readonly remarks: TrafficRemark[];
  private readonly mayHold: (kind: string) => boolean;
  private readonly wants: (kind: string) => boolean;

  constructor(
    documents: ManifestDocument[],
    remarks: TrafficRemark[],
    mayHold: (kind: string) => boolean,
    wants: (kind: string) => boolean,
  ) {
    this.documents = documents;
    this.remarks = remarks;
    this.mayHold = mayHold;
    this.wants = wants;
  }

  read({ path, text }: ManifestFile): void {
    for (const chunk of splitDocuments(text)) {
      // Most of a folder is of other kinds, some of it large: whoever shows its kind plainly need not be parsed.
      const kinds = [...chunk.text.matchAll(/^["']?kind["']?[ \t]*:[ \t]*["']?(\w*)/gm)];
      if (kinds.length === 1 && kinds[0]?.[1] && !this.mayHold(kinds[0][1])) continue;
      try {
        if (/^\s*[{[]/.test(chunk.text) && this.readJson(path, chunk)) continue;
        const plain = parsePlainYaml(chunk.text);
        if (plain !== undefined) {
          this.take(plain, { file: path, chunk, locate: () => undefined });
          continue;
        }
        this.readYaml(path, chunk);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.remarks.push({
          kind: 'unsupported',
          source: { document: path, path: '', at: `${path}:${error.line}` },
          message: chunk.text.includes('{{') ? 'a template is not read: render it first' : `not read: ${error.message}`,
        });
      }
    }
  }

  private readJson(file: string, chunk: Chunk): boolean {
    let value: unknown;
    try {
      value = parseJson(chunk.text, 'it');
    } catch (error) {
      if (error instanceof BoundError && error.code === 'too-deep')
        throw new Unreadable(chunk.line, 'it nests too deep');
      return false; // It may be YAML that begins with a bracket.
    }
    this.take(value, { file, chunk, locate: locateLater(chunk) });
    return true;
  }

  private readYaml(file: string, chunk: Chunk): void {
    for (const located of locateYaml(chunk)) {
      let value: unknown;
      try {
        value = located.document.toJS({ maxAliasCount: manifestLimits.aliases });
      } catch (cause) {
        throw new Unreadable(chunk.line, 'its aliases are too many, or name nothing', cause);
      }
      this.take(value, { file, chunk, locate: () => located });
    }
  }

  private take(value: unknown, origin: Origin, root: readonly (string | number)[] = []): void {
    if (typeof value !== 'object' || value === null) return;
    const { kind, apiVersion, items } = value as Readonly<Record<string, unknown>>;
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') return;
    if (kind.endsWith('List') && Array.isArray(items)) {
      if (root.length > 8) throw new Unreadable(origin.chunk.line, 'Lists nest too deep');
      // Items of a typed list, as the API writes it, say neither kind nor version.
      const own = kind === 'List' ? {} : { kind: kind.slice(0, -'List'.length), apiVersion };
      items.forEach((item, index) => {
        if (typeof item === 'object' && item !== null)
          this.take({ ...own, ...item }, origin, [...root, 'items', index]);
      });
      return;
    }
    if (!this.wants(kind)) return;
    if (this.documents.length >= manifestLimits.documents)
      throw new SegmentationError(
        'bad-rules',
        `${origin.file}: there are more than ${manifestLimits.documents} objects`,
      );
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    this.documents.push({
      kind,
      group,
      version,
      value,
      file: origin.file,
      root,
      isTemplate: origin.chunk.text.includes('{{'),
      lineOf: (path) => lineOf(origin, [...root, ...path]),
    });
  }
}

interface Origin {
  readonly file: string;
  readonly chunk: Chunk;
  readonly locate: () => Located | undefined;
}

/** Lines are seldom asked for: what was read by a faster parser is parsed again when they are. */
function locateLater(chunk: Chunk): () => Located | undefined {
  let located: Located | undefined;
  return () => {
    if (chunk.text.length <= manifestLimits.locateBytes) located ??= locateYaml(chunk)[0];
    return located;
  };
}

interface Located {
  readonly document: Document.Parsed;
  lineAt(offset: number): number;
}

function lineOf({ chunk, locate }: Origin, path: readonly (string | number)[]): number {
  const plain = findPlainLine(chunk.text, path);
  if (plain !== undefined) return chunk.line - 1 + plain;
  const located = locate();
  if (located === undefined) return chunk.line;
  for (let length = path.length; length > 0; length--) {
    const node = located.document.getIn(path.slice(0, length), true);
    const offset = (node as { range?: readonly number[] } | undefined)?.range?.[0];
    if (offset !== undefined) return located.lineAt(offset);
  }
  return located.lineAt(located.document.contents?.range?.[0] ?? 0);
}

/** Between lines that begin with `---`, which no value of YAML holds (section 9.1.2); what is only comment is left out. */
function* splitDocuments(text: string): Generator<Chunk> {
  const marker = /^---(?=[ \t\r\n]|$)/gm;
  let from = 0;
  let line = 1;
  for (let match = marker.exec(text); ; match = marker.exec(text)) {
    const chunk = text.slice(from, match?.index);
    if (!/^(?:[ \t\r]*(?:[#%\ufeff].*)?(?:\n|$))*$/.test(chunk)) yield { text: chunk, line };
    if (match === null) return;
    line += countLines(chunk);
    from = match.index + 3;
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The documents of a chunk by the YAML parser; the composer recurses, so that its depth is looked at before. */
function locateYaml(chunk: Chunk): readonly Located[] {
  const { Composer, Lexer, LineCounter, Parser } = yaml();
  const lines = new LineCounter();
  lines.addNewLine(0);
  const lineAt = (offset: number) => chunk.line - 1 + Math.max(lines.linePos(offset).line, 1);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent', merge: true });
  function* tokens() {
    for (const lexeme of new Lexer().lex(chunk.text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > manifestLimits.depth) throw new Unreadable(lineAt(parser.offset), 'it nests too deep');
    }
    yield* parser.end();
  }
  const located: Located[] = [];
  for (const document of composer.compose(tokens())) {
    const [fault] = document.errors;
    // What follows a colon in the words of the library is the text itself, which may be a secret.
    if (fault) throw new Unreadable(lineAt(fault.pos[0]), `this is no YAML: ${fault.message.split(/[:\n]/)[0]}`);
    located.push({ document, lineAt });
  }
  return located;
}

/** One document cannot be read; the rest of its file is. */
class Unreadable extends Error {
  readonly line: number;

  constructor(line: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.line = line;
  }
}
