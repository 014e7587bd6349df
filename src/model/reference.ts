import { CodedError, type Digest, parseDigest } from '../base/index.ts';

/** A repository in a registry. The registry is always explicit: `docker.io` is written out. */
export interface ImageName {
  /** Host with an optional port, lower case: `docker.io`, `registry.example:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** Path in the registry, lower case: `library/busybox`. */
  readonly repository: string;
}

/** What a person or an engine wrote: a name with a tag, a digest, both or neither. */
export interface ImageReference extends ImageName {
  readonly tag?: string;
  readonly digest?: Digest;
}

/** The only form that is judged: a name bound to content. */
export interface PinnedReference extends ImageName {
  readonly digest: Digest;
}

export type ImageReferenceErrorCode = 'bad-reference';
export class ImageReferenceError extends CodedError<ImageReferenceErrorCode> {}

const hostPattern =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[\w][\w.-]{0,127}$/;

/** The same few images are named again and again. */
const mostRead = 1000;
const read = new Map<string, ImageReference>();

/**
 * Reads a reference by the grammar that docker, podman and containerd share (distribution/reference, "Grammar";
 * OCI distribution specification 1.1, "Pulling manifests"). The first part is a registry when it has a dot or a port,
 * is `localhost`, or has upper-case letters; otherwise the registry is docker.io, and a single name lies in `library/`.
 * Throws ImageReferenceError.
 */
export function parseImageReference(text: string): ImageReference {
  const known = read.get(text);
  if (known) return known;
  const reference = parse(text);
  if (read.size >= mostRead) read.clear();
  read.set(text, reference);
  return reference;
}

function parse(text: string): ImageReference {
  const refuse = (why: string): never => {
    throw new ImageReferenceError('bad-reference', `"${text.slice(0, 300)}" is not an image reference: ${why}`);
  };
  if (text.length > 512) refuse('it is longer than 512 characters');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : (parseDigest(text.slice(at + 1)) ?? refuse('what follows @ is not a digest'));
  let name = at < 0 ? text : text.slice(0, at);
  const colon = name.lastIndexOf(':');
  let tag: string | undefined;
  if (colon > name.lastIndexOf('/')) {
    tag = name.slice(colon + 1);
    name = name.slice(0, colon);
    if (!tagPattern.test(tag)) refuse(`"${tag.slice(0, 140)}" is not a tag`);
  }
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  // Without dot and port it is only its upper case that tells a host from a folder of docker.io.
  const host = /[.:]/.test(first) ? first.toLowerCase() : first;
  let registry = hasRegistry ? host : 'docker.io';
  let repository = hasRegistry ? name.slice(slash + 1) : name;
  if (!hostPattern.test(registry)) refuse(`"${registry}" is not a registry host`);
  if (registry === 'index.docker.io' || registry === 'registry-1.docker.io') registry = 'docker.io';
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`;
  if (repository.length > 255 || !repositoryPattern.test(repository))
    refuse(`"${repository}" is not a repository path`);
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The reference in full, so that parsing it gives the same again. */
export function formatImageReference(reference: ImageReference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}
