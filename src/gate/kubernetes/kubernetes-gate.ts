import { type Clock, type Log, messageOf } from '../../base/index.ts';
import { type ClusterObjects, indexClusterObjects } from '../../launch/index.ts';
import type { LaunchSet } from '../../model/index.ts';
import type { LaunchDecider } from '../../service/index.ts';
import { type AdmissionAnswer, allowed, composeReply } from './admission-reply.ts';
import { type AdmissionRequest, parseAdmissionReview, ReviewError } from './admission-review.ts';
import { answerOf, badRequest, busy, refusal, undecided } from './answer-of.ts';
import { namedObjects } from './named-objects.ts';
import { compilePatch, resolveUnpinned, type UnpinnedImage } from './pin-images.ts';
import type { ReadObjects } from './read-objects.ts';
import { isUnchanged, readQuestion, workloadOf } from './read-question.ts';
import { type AskDigest, rememberDigests } from './remember-digests.ts';
import { formatSteps, podSpecOf, type WorkloadKind } from './workload-kinds.ts';

export interface KubernetesGateParts {
  readonly launches: LaunchDecider;
  /** The certified image that a name leads to. Without it nothing is pinned, and policies say what is thought of that. */
  readonly resolveImage?: AskDigest;
  /** Those of the named objects that can be read; a rule says what is thought of the others. */
  readonly readObjects?: ReadObjects;
  /** Name of the cluster in what is recorded. */
  readonly cluster: string;
  /** What happens to what cannot be decided, in time or at all. Deny unless said. */
  readonly whenUndecided?: 'deny' | 'allow';
  /** `observe`: nothing is refused, what would have been is a warning. Enforce unless said. */
  readonly mode?: 'enforce' | 'observe';
  /** Reviews that are worked on at a time; 200 unless said. */
  readonly mostInWork?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What goes back over HTTP: status 200 with an AdmissionReview, or 400 for what was none. */
export interface ReviewReply {
  readonly status: 200 | 400 | 413;
  readonly body: string;
}

/** The validating and the mutating webhook of a cluster (admission.k8s.io/v1). Neither ever throws or takes longer than its signal. */
export interface KubernetesGate {
  /** Decides. When the signal ends first, it is undecided. */
  validate(review: Uint8Array, signal: AbortSignal): Promise<ReviewReply>;
  /** Pins images to digests and allows everything: what must not start is refused by `validate`, which sees the final object. */
  mutate(review: Uint8Array, signal: AbortSignal): Promise<ReviewReply>;
}

const noObjects = indexClusterObjects([]);

export function createKubernetesGate(parts: KubernetesGateParts): KubernetesGate {
  const { log, mostInWork = 200 } = parts;
  const resolve = rememberDigests(parts.resolveImage ?? (async () => undefined), parts.clock);
  let inWork = 0;

  async function answer(
    bytes: Uint8Array,
    signal: AbortSignal,
    work: (request: AdmissionRequest) => Promise<AdmissionAnswer> | AdmissionAnswer,
    late: (reason: string) => AdmissionAnswer,
  ): Promise<ReviewReply> {
    let review: ReturnType<typeof parseAdmissionReview>;
    try {
      review = parseAdmissionReview(bytes);
    } catch (error) {
      if (!(error instanceof ReviewError)) throw error;
      log.warn({ code: error.code, error: error.message }, 'the kubernetes gate was sent what is no review');
      return { status: error.code === 'review-limit' ? 413 : 400, body: `${error.code}: ${error.message}\n` };
    }
    if (review.state === 'unreadable') return reply(review.uid, badRequest(review.reason));
    const { request } = review;
    if (inWork >= mostInWork) return reply(request.uid, busy);
    inWork++;
    const done = Promise.resolve()
      .then(() => work(request))
      .catch((error: unknown) => {
        log.error({ uid: request.uid, error: messageOf(error) }, 'the kubernetes gate failed');
        return late('the gate failed; its log says why');
      })
      .finally(() => void inWork--);
    return reply(request.uid, await beforeEnd(done, signal, () => late('it took longer than the API server waits')));
  }

  return {
    validate: (bytes, signal) =>
      answer(
        bytes,
        signal,
        (request) => validate(parts, resolve, request, signal),
        (reason) => undecided(parts, reason),
      ),
    mutate: (bytes, signal) =>
      answer(
        bytes,
        signal,
        (request) => mutate(resolve, request),
        () => allowed,
      ),
  };
}

function reply(uid: string, answer: AdmissionAnswer): ReviewReply {
  return { status: 200, body: composeReply(uid, answer) };
}

/** The work goes on after the end, and is counted until it is over: whoever waits gets an answer in time. */
function beforeEnd<Result>(work: Promise<Result>, signal: AbortSignal, late: () => Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = () => resolve(late());
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

type Resolve = ReturnType<typeof rememberDigests>;

async function mutate(resolve: Resolve, request: AdmissionRequest): Promise<AdmissionAnswer> {
  const workload = workloadOf(request);
  if (!workload || !request.object) return allowed;
  const old = request.operation === 'UPDATE' ? request.oldObject : undefined;
  const patch = compilePatch(await resolveUnpinned(request.object, old, workload, resolve));
  return patch.length === 0 ? allowed : { allowed: true, patch };
}

async function validate(
  parts: KubernetesGateParts,
  resolve: Resolve,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<AdmissionAnswer> {
  const { launches, cluster } = parts;
  const workload = workloadOf(request);
  const objects = workload ? await readObjectsOf(parts, request, workload, signal) : noObjects;
  const question = readQuestion(request, objects);
  if (question.kind === 'pass') return allowed;
  const asked = { gate: 'kubernetes', who: request.user, host: cluster, dryRun: request.dryRun } as const;
  if (question.kind === 'refuse') return refusal(parts, await launches.refuse({ ...asked, reason: question.reason }));
  const unpinned = await unpinnedOf(parts, resolve, request, question.workload);
  const [first] = unpinned;
  if (first && parts.mode !== 'observe') {
    return refusal(parts, await launches.refuse({ ...asked, reason: notPinned(first) }));
  }
  const answer = answerOf(parts, await launches.decide({ ...asked, set: withDigests(question.set, unpinned) }));
  if (!first) return answer;
  const warnings = unpinned.map((image) => `portwarden: ${notPinned(image)}`);
  return { ...answer, warnings: [...(answer.warnings ?? []), ...warnings] };
}

async function readObjectsOf(
  { readObjects, log }: KubernetesGateParts,
  request: AdmissionRequest,
  workload: WorkloadKind,
  signal: AbortSignal,
): Promise<ClusterObjects> {
  const spec = request.object && podSpecOf(request.object, workload);
  if (!readObjects || !spec || isUnchanged(request, workload)) return noObjects;
  const names = namedObjects(spec);
  if (names.configMaps.length + names.secrets.length === 0) return noObjects;
  try {
    return indexClusterObjects(await readObjects(request.namespace, names, signal));
  } catch (error) {
    // What is not read stays unseen in the launch, and a rule says what is thought of that.
    log.warn({ namespace: request.namespace, error: messageOf(error) }, 'what a Pod names could not be read');
    return noObjects;
  }
}

/** Images that should have been pinned by the mutating call, and were not: it did not come, or its patch was undone. */
async function unpinnedOf(
  { resolveImage }: KubernetesGateParts,
  resolve: Resolve,
  { object }: AdmissionRequest,
  workload: WorkloadKind | undefined,
): Promise<readonly UnpinnedImage[]> {
  if (!resolveImage || !workload || !object) return [];
  return resolveUnpinned(object, undefined, workload, resolve);
}

function notPinned({ image, digest }: UnpinnedImage): string {
  const where = `${formatSteps(image.steps)}: the image is named by a tag`;
  return digest === undefined
    ? `${where}, and no certified image is known by that name; certify it, or name it by its digest`
    : `${where} and was not pinned: see that the mutating webhook is called, or write @${digest} behind it`;
}

/** What is judged of an image that was not pinned is what its name leads to now. */
function withDigests(set: LaunchSet, unpinned: readonly UnpinnedImage[]): LaunchSet {
  const digests = new Map(unpinned.flatMap(({ image, digest }) => (digest ? [[image.text, digest] as const] : [])));
  if (digests.size === 0) return set;
  const requests = set.requests.map((request) => {
    const digest = request.image && digests.get(request.image.value);
    const reference = request.image?.reference;
    if (!digest || !reference || reference.digest !== undefined) return request;
    return { ...request, image: { ...request.image, reference: { ...reference, digest } } };
  });
  return { ...set, requests };
}
