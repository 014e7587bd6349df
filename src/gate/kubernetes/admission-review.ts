import { asObject, asString, CodedError, type JsonObject } from '../../base/index.ts';
import { LaunchError } from '../../launch/index.ts';
import { parseReviewJson } from './parse-review-json.ts';

export type ReviewErrorCode =
  /** The bytes are no AdmissionReview of admission.k8s.io/v1 that asks something. */
  | 'bad-review'
  /** They are more, or nest deeper, than is read. */
  | 'review-limit';

/** There is nobody to answer by: what came is no review, or names no uid. */
export class ReviewError extends CodedError<ReviewErrorCode> {}

/** A group, version and kind, or resource (k8s.io/apimachinery, GroupVersionKind). */
export interface ReviewedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface ReviewedResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What the API server asks (k8s.io/api/admission/v1, AdmissionRequest): every part as it came, its shape checked. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: AdmissionOperation;
  readonly kind: ReviewedKind;
  readonly resource: ReviewedResource;
  /** Empty: the resource itself. */
  readonly subResource: string;
  /** Empty where the server will make one up. */
  readonly name: string;
  /** Empty: the object belongs to the cluster. */
  readonly namespace: string;
  readonly user: string;
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  readonly dryRun: boolean;
}

/** A review with a uid, so that it can be answered, whether or not the rest of it can be read. */
export type AdmissionReview =
  | { readonly state: 'asked'; readonly request: AdmissionRequest }
  | { readonly state: 'unreadable'; readonly uid: string; readonly reason: string };

/** An object of 3 MiB, as large as the API server takes them, twice over for an update, and what stands around it. */
export const maxReviewBytes = 8 * 2 ** 20;
const maxReviewDepth = 64;
const operations: ReadonlySet<string> = new Set(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']);

/**
 * Reads an AdmissionReview. Throws ReviewError where there is no uid to answer by. Whoever can reach the port can write one,
 * so JSON that two parsers would read differently is refused, as anywhere.
 */
export function parseAdmissionReview(bytes: Uint8Array): AdmissionReview {
  const review = asObject(readJson(bytes));
  if (!review) throw new ReviewError('bad-review', 'the body is not a JSON object');
  if (review.apiVersion !== 'admission.k8s.io/v1' || review.kind !== 'AdmissionReview') {
    throw new ReviewError('bad-review', 'the body is no AdmissionReview of admission.k8s.io/v1');
  }
  const request = asObject(review.request);
  checkCase(review);
  if (request) checkCase(request);
  const uid = request && asString(request.uid);
  if (!request || uid === undefined || !/^[\x21-\x7e]{1,256}$/.test(uid)) {
    throw new ReviewError('bad-review', 'the review has no request with a uid');
  }
  try {
    return { state: 'asked', request: readRequest(request, uid) };
  } catch (error) {
    if (error instanceof Unreadable) return { state: 'unreadable', uid, reason: error.message };
    throw error;
  }
}

const knownKeys = new Set([
  'apiVersion',
  'kind',
  'request',
  'response',
  'uid',
  'resource',
  'subResource',
  'requestKind',
  'requestResource',
  'requestSubResource',
  'name',
  'namespace',
  'operation',
  'userInfo',
  'object',
  'oldObject',
  'dryRun',
  'options',
]);
const foldedKeys = new Set(Array.from(knownKeys, (key) => key.toLowerCase()));

/** Go's encoding/json would take such a key for the known one. */
function checkCase(object: JsonObject): void {
  for (const key of Object.keys(object)) {
    if (knownKeys.has(key) || !foldedKeys.has(key.normalize('NFKC').toLowerCase())) continue;
    throw new ReviewError('bad-review', 'a key differs from one of the review by upper and lower case alone');
  }
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseReviewJson(bytes, { maxBytes: maxReviewBytes, maxDepth: maxReviewDepth });
  } catch (cause) {
    if (!(cause instanceof LaunchError)) throw cause;
    const code = cause.code === 'launch-limit' ? 'review-limit' : 'bad-review';
    throw new ReviewError(code, `the body cannot be read: ${cause.message}`, { cause });
  }
}

class Unreadable extends Error {}

function readRequest(request: JsonObject, uid: string): AdmissionRequest {
  const operation = text(request, 'operation');
  if (!operations.has(operation)) throw new Unreadable('request.operation is none that is known');
  const kind = part(request, 'kind');
  const resource = part(request, 'resource');
  const { dryRun } = request;
  if (dryRun !== undefined && dryRun !== null && typeof dryRun !== 'boolean') {
    throw new Unreadable('request.dryRun is neither true nor false');
  }
  return {
    uid,
    operation: operation as AdmissionOperation,
    kind: { group: text(kind, 'group'), version: text(kind, 'version'), kind: text(kind, 'kind') },
    resource: {
      group: text(resource, 'group'),
      version: text(resource, 'version'),
      resource: text(resource, 'resource'),
    },
    subResource: text(request, 'subResource'),
    name: text(request, 'name'),
    namespace: text(request, 'namespace'),
    user: text(part(request, 'userInfo'), 'username'),
    object: objectOf(request, 'object'),
    oldObject: objectOf(request, 'oldObject'),
    dryRun: dryRun === true,
  };
}

function part(parent: JsonObject, key: string): JsonObject {
  return asObject(parent[key]) ?? fail(`request.${key} is missing or no object`);
}

/** Empty where it is not said. */
function text(parent: JsonObject, key: string): string {
  const value = parent[key] ?? '';
  if (typeof value !== 'string') return fail(`request has a ${key} that is no text`);
  return value.length > 512 ? fail(`request has a ${key} of more than 512 characters`) : value;
}

function objectOf(request: JsonObject, key: string): JsonObject | undefined {
  const value = request[key];
  if (value === undefined || value === null) return undefined;
  return asObject(value) ?? fail(`request.${key} is no object`);
}

function fail(reason: string): never {
  throw new Unreadable(reason);
}
