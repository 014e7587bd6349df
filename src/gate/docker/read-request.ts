import { parseDigest } from '../../base/index.ts';
import { type ImageReference, ImageReferenceError, parseImageReference } from '../../model/index.ts';
import { DockerGateError } from './docker-gate-error.ts';
import type { JudgedAs } from './docker-routes.ts';
import type { DockerTarget } from './match-docker-route.ts';
import type { DockerCall } from './parse-docker-call.ts';

/** What dockerd reads of the query, by route; anything else there is a mistake or a trick. */
const parameters: Readonly<Record<JudgedAs, readonly string[]>> = {
  create: ['name', 'platform'],
  exec: [],
  update: [],
  start: ['detachKeys', 'checkpoint', 'checkpoint-dir'],
  volume: [],
  service: ['version', 'registryAuthFrom'],
  pull: ['fromImage', 'fromSrc', 'repo', 'tag', 'message', 'platform', 'changes'],
};

/** The query of a judged route, each parameter once. Throws DockerGateError. */
export function readParameters(target: DockerTarget, what: JudgedAs): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of target.query) {
    const shown = JSON.stringify(name.slice(0, 60));
    if (!parameters[what].includes(name)) bad(`the query parameter ${shown} is not known here`);
    if (found.has(name) && name !== 'changes') bad(`the query parameter ${shown} is there twice`);
    found.set(name, value);
  }
  return found;
}

/** The body of a route that is judged by it. dockerd hides what is large or not JSON (CVE-2024-41110, CVE-2026-34040). */
export function readShownBody(call: DockerCall): Uint8Array {
  const { body, headers } = call;
  if (!body) {
    throw new DockerGateError('hidden-body', 'the engine does not show the body of this request to its gate', {
      remedy: 'send it as application/json with less than 1 MiB: put large labels and variables into files',
    });
  }
  const length = headers.get('content-length');
  if (length !== undefined && length !== String(body.byteLength)) bad('the body is shorter or longer than it says');
  return body;
}

/**
 * A route that is judged by its path and query alone has no body: Go reads a form in the body before the query, and dockerd
 * does not show one. Of a chunked body nothing is left to see but that no length is said; so where a type is said, the
 * length must be.
 */
export function refuseBody({ body, headers }: DockerCall): void {
  const length = headers.get('content-length');
  const mayHide = headers.has('content-type') && length !== '0';
  if (!body && !mayHide && (length === undefined || length === '0')) return;
  throw new DockerGateError('hidden-body', 'this request must not have a body', {
    remedy: 'send it with Content-Length: 0 and without Content-Type, as the docker client does',
  });
}

/** What is pulled (moby: image_routes.go, postImagesCreate). A name alone means every tag of it there. */
export function readPulled(query: ReadonlyMap<string, string>): ImageReference {
  const name = query.get('fromImage') ?? '';
  const tag = query.get('tag') ?? '';
  try {
    const named = parseImageReference(name.replace(/:$/, ''));
    const digest = parseDigest(tag);
    const { registry, repository } = named;
    if (digest) return { registry, repository, digest };
    const whole = tag === '' ? named : { ...named, tag: parseImageReference(`x:${tag}`).tag ?? tag };
    if (whole.tag === undefined && whole.digest === undefined) bad('every tag of an image is pulled at once; name one');
    return whole;
  } catch (error) {
    if (error instanceof ImageReferenceError) bad(error.message);
    throw error;
  }
}

function bad(message: string): never {
  throw new DockerGateError('bad-request', message, { remedy: 'send the request as the docker client does' });
}
