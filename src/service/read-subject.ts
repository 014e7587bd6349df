import { compileBillOfMaterials, wantedFiles } from '../catalog/index.ts';
import { type ContentOptions, contentExaminer, inspectImage, inspectWants } from '../inspect/index.ts';
import type {
  BillOfMaterials,
  ImageFacts,
  ImageIdentity,
  OpenImage,
  ReadOptions,
  SourceReference,
  Subject,
} from '../model/index.ts';

/** What one reading of an image or a root file system gives. */
export interface SubjectReading {
  readonly identity?: ImageIdentity;
  readonly bom: BillOfMaterials;
  readonly facts: ImageFacts;
}

/** Every file that some cataloger or inspection wants: one pass serves them all. */
export function wantedForReading(): ReadOptions['wanted'] {
  const wanted = wantedFiles();
  return { patterns: [...new Set([...wanted.patterns, ...inspectWants])], marks: wanted.marks };
}

/**
 * Opens the source, makes its bill of materials and collects its facts; looks into its files as `content` says. Throws ImageError where nothing could be read;
 * what could be read only in part comes back with problems.
 */
export async function readSubject(
  source: SourceReference,
  openImage: OpenImage,
  {
    content,
    ...options
  }: Omit<ReadOptions, 'wanted' | 'examiners'> & { readonly content: ContentOptions | 'pass-over' },
): Promise<SubjectReading> {
  const examiners = content === 'pass-over' ? [] : [{ module: contentExaminer, options: content }];
  const contents = await openImage(source, { ...options, examiners, wanted: wantedForReading() });
  try {
    const subject = subjectOf(source, contents.identity);
    const { unexplained, ...bom } = await compileBillOfMaterials(contents, subject, options.signal);
    // Of files that nobody walked over, nobody can say who owns them.
    const facts = await inspectImage(contents, options.walk === 'wanted' ? undefined : unexplained);
    return { ...(contents.identity ? { identity: contents.identity } : {}), bom, facts };
  } finally {
    await contents.close();
  }
}

/** Whoever reads a root file system knows better what it is called; its path serves until then. */
function subjectOf(source: SourceReference, identity: ImageIdentity | undefined): Subject {
  if (identity) return { kind: 'image', imageId: identity.imageId };
  return { kind: 'host', host: source.kind === 'rootfs' ? source.path : source.kind };
}
