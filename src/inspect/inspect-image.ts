import { CodedError } from '../base/index.ts';
import type { ImageContents, ImageFacts, Unexplained } from '../model/index.ts';
import { recognizeBaseImage } from './base-image.ts';
import { observe } from './observe.ts';
import { redactLabels } from './redact-all.ts';
import { isRoot } from './user.ts';

/** A change of what inspectImage gives is a new version. */
export const inspectVersion = 2;

/** Patterns of WantedFiles that inspectImage reads. */
export const inspectWants: readonly string[] = ['/etc/passwd'];

/** More are not listed, so that an image cannot fill the store with them. */
export const mostListedFiles = 1000;

const passwdLimit = 4 * 1024 * 1024;

/**
 * The facts of an image in one walk over its entries. What is not known stays away: a root file system has no
 * configuration, so it has no user; a user name that the image's /etc/passwd does not tell is neither root nor not. What
 * nothing accounts for is found while the bill of materials is made; records that were replaced are observed here.
 */
export async function inspectImage(contents: ImageContents, unexplained?: Unexplained): Promise<ImageFacts> {
  const { config } = contents;
  const setuidFiles: string[] = [];
  const setgidFiles: string[] = [];
  let fileCount = 0;
  for (const { type, mode, path } of contents.files()) {
    if (type !== 'file') continue;
    fileCount++;
    if ((mode & 0o6000) === 0 || (mode & 0o111) === 0) continue;
    if (mode & 0o4000 && setuidFiles.length < mostListedFiles) setuidFiles.push(path);
    if (mode & 0o2000 && setgidFiles.length < mostListedFiles) setgidFiles.push(path);
  }
  const user = config?.user ?? '';
  const runsAsRoot = config && isRoot(user, await readPasswd(contents, user));
  const layers = contents.layers.map(({ diffId, size, createdBy }) => ({
    diffId,
    size,
    ...(createdBy === undefined ? {} : { createdBy }),
  }));
  const labels = redactLabels(config?.labels ?? {});
  const observed = observe(contents, unexplained?.records);
  const baseImage = recognizeBaseImage({ layers, labels }, []);
  return {
    ...(config?.created === undefined ? {} : { created: config.created }),
    user,
    ...(runsAsRoot === undefined ? {} : { runsAsRoot }),
    entrypoint: config?.entrypoint ?? [],
    ...(config ? { environment: config.environment } : {}),
    command: config?.command ?? [],
    exposedPorts: config?.exposedPorts ?? [],
    volumes: config?.volumes ?? [],
    labels,
    setuidFiles,
    setgidFiles,
    ...(baseImage ? { baseImage } : {}),
    layers,
    observations: observed.items,
    ...(observed.scannedBy.length > 0 ? { scannedBy: observed.scannedBy } : {}),
    ...(observed.more > 0 ? { moreObservations: observed.more } : {}),
    ...(unexplained ? { unexplained } : {}),
    totalFileBytes: contents.totalFileBytes,
    fileCount,
  };
}

/** The image's user names, read only where one is asked for. Undefined: not there, or too large to be true. */
async function readPasswd(contents: ImageContents, user: string): Promise<string | undefined> {
  if (user === '' || /^\d+(?::|$)/.test(user)) return undefined;
  try {
    const bytes = await contents.read('/etc/passwd', passwdLimit);
    return bytes && new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof CodedError && error.code === 'file-too-large') return undefined;
    throw error;
  }
}
