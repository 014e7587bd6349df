import { catalogExaminers, compileBillOfMaterials, wantedFiles } from '../catalog/index.ts';
import { ImageError } from '../image/index.ts';
import {
  addObservations,
  type ContentOptions,
  clamdExaminer,
  contentExaminer,
  inspectImage,
  inspectWants,
  redactAll,
} from '../inspect/index.ts';
import type {
  BillOfMaterials,
  ExaminerSource,
  ImageFacts,
  ImageIdentity,
  OpenImage,
  ReadOptions,
  SourceReference,
  Subject,
} from '../model/index.ts';
import { findUnwanted, type UnwantedRule } from './unwanted.ts';

/** What one reading of an image or a root file system gives. */
export interface SubjectReading {
  readonly identity?: ImageIdentity;
  readonly bom: BillOfMaterials;
  readonly facts: ImageFacts;
}

/** What else to look for than packages. */
export interface LookFor {
  /** What to look for in files, or to leave them closed. */
  readonly content: ContentOptions | 'pass-over';
  /** Packages that are wanted nowhere. */
  readonly unwanted: readonly UnwantedRule[];
}

/** What every cataloger and inspection asks for, and what else is looked for in files: one pass serves them all. */
export function wantsOf(content: LookFor['content']): Pick<ReadOptions, 'wanted' | 'examiners'> {
  const { patterns, marks } = wantedFiles();
  return {
    wanted: { patterns: [...new Set([...patterns, ...inspectWants])], marks },
    examiners: [...catalogExaminers(), ...(content === 'pass-over' ? [] : examinersOf(content))],
  };
}

/**
 * Opens the source, makes its bill of materials and collects its facts; looks into its files as `content` says, and holds
 * its packages against the rules. Throws ImageError where nothing could be read; what could be read only in part comes back
 * with problems.
 */
export async function readSubject(
  source: SourceReference,
  openImage: OpenImage,
  { content, unwanted, ...options }: Omit<ReadOptions, 'wanted' | 'examiners'> & LookFor,
): Promise<SubjectReading> {
  const contents = await openImage(source, { ...options, ...wantsOf(content) }).catch(redactError);
  try {
    const subject = subjectOf(source, contents.identity);
    const { unexplained, ownedFiles: _, ...bom } = await compileBillOfMaterials(contents, subject, options.signal);
    // Of files that nobody walked over, nobody can say who owns them.
    const facts = await inspectImage(contents, options.walk === 'wanted' ? undefined : unexplained);
    const found = findUnwanted(bom.components, unwanted);
    // Whatever comes of an image passes here, on its way to reports and to the store.
    return redactAll({
      ...(contents.identity ? { identity: contents.identity } : {}),
      bom: { ...bom, problems: [...bom.problems, ...found.problems] },
      facts: {
        ...addObservations(facts, found.observations),
        ...(content === 'pass-over' ? {} : { lookedInto: true as const }),
      },
    });
  } finally {
    await contents.close();
  }
}

/** What could not be read is named, and whoever made the image chose the name. */
function redactError(error: unknown): never {
  if (!(error instanceof ImageError)) throw error;
  const { code, message, remedy } = redactAll({ code: error.code, message: error.message, remedy: error.remedy });
  throw new ImageError(code, message, remedy === undefined ? {} : { remedy });
}

function examinersOf(content: ContentOptions): readonly ExaminerSource[] {
  return [contentExaminer(content), ...(content.clamd ? [clamdExaminer(content.clamd)] : [])];
}

/** Whoever reads a root file system knows better what it is called; its path serves until then. */
function subjectOf(source: SourceReference, identity: ImageIdentity | undefined): Subject {
  if (identity) return { kind: 'image', imageId: identity.imageId };
  return { kind: 'host', host: source.kind === 'rootfs' ? source.path : source.kind };
}
