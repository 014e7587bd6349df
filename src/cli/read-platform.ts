import { InvalidArgumentError } from 'commander';
import { reachOfCloud, reachOfManifests, readCloud, readCluster, readGroupFiles } from '../service/index.ts';
import type { MemberBlocks } from './member-blocks.ts';
import { readFolder } from './read-folder.ts';

export interface PlatformOptions {
  readonly signal: AbortSignal;
  readonly members: MemberBlocks | undefined;
  /** What a path without a word before it is. */
  readonly bare?: 'k8s';
}

const kinds = ['k8s', 'groups', 'aws', 'google', 'azure'] as const;
type Kind = (typeof kinds)[number];

/** `aws:state.json`: what a platform is, and where its files are. Throws InvalidArgumentError, FolderError, SegmentationError. */
export async function readPlatform(text: string, options: PlatformOptions) {
  const { kind, path } = parsePlatform(text, options.bare);
  const files = await readFolder(path, options.signal);
  if (kind === 'k8s') return readCluster(text, files);
  return kind === 'groups' ? readGroupFiles(text, files) : readCloud(text, kind, files, cloudOptions(options));
}

/** Who reaches whom by them. */
export async function reachFiles(text: string, options: PlatformOptions) {
  const { kind, path } = parsePlatform(text, options.bare);
  if (kind === 'groups')
    throw new InvalidArgumentError('Write a folder of manifests, aws:FILE, google:FILE or azure:FILE.');
  const files = await readFolder(path, options.signal);
  return kind === 'k8s' ? reachOfManifests(files) : reachOfCloud(kind, files, cloudOptions(options));
}

function cloudOptions({ members }: PlatformOptions) {
  return members ? { members } : {};
}

function parsePlatform(text: string, bare: 'k8s' | undefined): { readonly kind: Kind; readonly path: string } {
  const at = text.indexOf(':');
  const kind = kinds.find((word) => word === text.slice(0, Math.max(at, 0)));
  const path = text.slice(at + 1);
  if (kind !== undefined && path !== '') return { kind, path };
  if (bare !== undefined && kind === undefined) return { kind: bare, path: text };
  throw new InvalidArgumentError(
    `"${text}" is no platform: write live, k8s:DIR, groups:FILE, aws:FILE, google:FILE or azure:FILE.`,
  );
}
