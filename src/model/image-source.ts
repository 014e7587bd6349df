import { CodedError } from '../base/index.ts';
import type { ExaminerSource } from './file-examiner.ts';
import type { ImageContents, WantedFiles } from './image-contents.ts';
import type { Platform } from './platform.ts';
import { type ImageReference, parseImageReference } from './reference.ts';

/** Where an image is read from, as a person writes it. */
export type SourceReference =
  | { readonly kind: 'docker' | 'podman'; readonly name: string }
  | { readonly kind: 'registry'; readonly reference: ImageReference }
  | { readonly kind: 'docker-archive' | 'oci-archive'; readonly path: string; readonly tag?: string }
  | { readonly kind: 'oci-layout'; readonly path: string; readonly tag?: string }
  | { readonly kind: 'rootfs'; readonly path: string };

export const sourceKinds = [
  'docker',
  'podman',
  'registry',
  'docker-archive',
  'oci-layout',
  'oci-archive',
  'rootfs',
] as const satisfies readonly SourceReference['kind'][];

export type SourceErrorCode = 'bad-source';
export class SourceError extends CodedError<SourceErrorCode> {}

/**
 * `docker:NAME|ID`, `podman:NAME|ID`, `registry:REFERENCE`, `docker-archive:FILE`, `oci-layout:DIR[:TAG]`,
 * `oci-archive:FILE[:TAG]`, `rootfs:DIR`, or a bare reference, which is looked up in its registry. Throws SourceError
 * or ImageReferenceError.
 */
export function parseSource(text: string): SourceReference {
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (!sourceKinds.some((kind) => kind === scheme)) return { kind: 'registry', reference: parseImageReference(text) };
  if (rest === '') throw new SourceError('bad-source', `"${text}" names no image after "${scheme}:"`);
  switch (scheme as SourceReference['kind']) {
    case 'docker':
    case 'podman':
      return { kind: scheme as 'docker' | 'podman', name: rest };
    case 'registry':
      return { kind: 'registry', reference: parseImageReference(rest.replace(/^\/\//, '')) };
    case 'rootfs':
      return { kind: 'rootfs', path: rest };
    default:
      return { kind: scheme as 'docker-archive' | 'oci-layout' | 'oci-archive', ...splitTag(rest) };
  }
}

/** The text that parseSource reads back. */
export function formatSource(source: SourceReference): string {
  switch (source.kind) {
    case 'docker':
    case 'podman':
      return `${source.kind}:${source.name}`;
    case 'registry': {
      const { registry, repository, tag, digest } = source.reference;
      return `registry:${registry}/${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
    }
    case 'rootfs':
      return `rootfs:${source.path}`;
    default:
      return `${source.kind}:${source.path}${source.tag ? `:${source.tag}` : ''}`;
  }
}

/** A tag may follow a path after its last colon; a colon before a slash belongs to the path. */
function splitTag(text: string): { path: string; tag?: string } {
  const match = /^(.+):([\w][\w.-]{0,127})$/.exec(text);
  return match?.[1] && match[2] ? { path: match[1], tag: match[2] } : { path: text };
}

/** Bounds of one reading. What goes over is a problem of the result or a typed error, never a crash. */
export interface ReadLimits {
  /** Names in all layers together. */
  readonly maxEntries: number;
  /** Uncompressed bytes of all layers together. */
  readonly maxUncompressedBytes: number;
  /** Uncompressed bytes for one compressed byte, past the first 10 MB of a layer. */
  readonly maxCompressionRatio: number;
  /** Bytes of a wanted file that are kept; a larger one is a problem. */
  readonly maxWantedFileBytes: number;
  /** Bytes of all wanted files together. */
  readonly maxWantedBytes: number;
  /** Bytes of a manifest, an index or a configuration. */
  readonly maxManifestBytes: number;
  readonly maxLayers: number;
  /** Milliseconds without a byte from a registry or an engine. */
  readonly stallTimeout: number;
}

export const defaultReadLimits: ReadLimits = {
  maxEntries: 2_000_000,
  maxUncompressedBytes: 64 * 2 ** 30,
  maxCompressionRatio: 1100,
  maxWantedFileBytes: 64 * 2 ** 20,
  maxWantedBytes: 512 * 2 ** 20,
  maxManifestBytes: 4 * 2 ** 20,
  maxLayers: 500,
  stallTimeout: 30_000,
};

export interface ReadProgress {
  /** Bytes read so far, as stored. */
  readonly bytes: number;
  /** Where it is known beforehand. */
  readonly totalBytes?: number;
}

export interface ReadOptions {
  /** What to pick from an index; the platform of this machine unless said. */
  readonly platform: Platform;
  readonly wanted: WantedFiles;
  readonly limits: ReadLimits;
  readonly signal: AbortSignal;
  /**
   * For a root file system: `all` walks everything on the same device; `wanted` looks only where exact and
   * one-directory patterns point, which takes milliseconds on a machine of any size. Images are always read whole.
   */
  readonly walk?: 'all' | 'wanted';
  /** Who looks into the files, in the same pass. */
  readonly examiners?: readonly ExaminerSource[];
  readonly onProgress?: (progress: ReadProgress) => void;
}

/** The port behind which every kind of source stands. Throws ImageError where nothing could be read at all. */
export type OpenImage = (source: SourceReference, options: ReadOptions) => Promise<ImageContents>;
