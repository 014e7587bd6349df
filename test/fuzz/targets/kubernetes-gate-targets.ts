import {
  type AdmissionRequest,
  parseAdmissionReview,
  ReviewError,
} from '../../../src/gate/kubernetes/admission-review.ts';
import { parseReviewJson } from '../../../src/gate/kubernetes/parse-review-json.ts';
import { parseTimeout } from '../../../src/gate/kubernetes/parse-timeout.ts';
import { readQuestion } from '../../../src/gate/kubernetes/read-question.ts';
import { indexClusterObjects, LaunchError, parseStrictJson } from '../../../src/launch/index.ts';
import { pod, reviewBytes } from '../../fakes/admission-reviews.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const execOptions = { kind: 'PodExecOptions', apiVersion: 'v1', container: 'web', command: ['sh', '-c', 'id'] };
const jsonLimits = { maxBytes: 2 ** 20, maxDepth: 64 };

export const kubernetesGateTargets: readonly FuzzTarget[] = [
  {
    name: 'gate/admission-review',
    covers: [
      'gate/kubernetes/admission-review.ts',
      'gate/kubernetes/read-question.ts',
      'gate/kubernetes/connect-launch.ts',
    ],
    seeds: [
      reviewBytes().toString('utf8'),
      reviewBytes({ operation: 'UPDATE', object: pod({ hostPID: true }), oldObject: pod() }).toString('utf8'),
      reviewBytes({ operation: 'CONNECT', subResource: 'exec', object: execOptions }).toString('utf8'),
      reviewBytes({ operation: 'DELETE', object: null, oldObject: pod() }).toString('utf8'),
    ],
    words: [
      '"uid":',
      '"subResource":',
      '"CONNECT"',
      '"exec"',
      'null',
      '{}',
      '[]',
      '"nodes"',
      '"proxy"',
      '"path":"/exec"',
    ],
    refuses: [ReviewError],
    run(bytes) {
      const review = parseAdmissionReview(bytes);
      if (review.state === 'unreadable') return review;
      const question = readQuestion(review.request, indexClusterObjects([]));
      if (question.kind === 'judge' && question.set.requests.length === 0) throw new FuzzFinding('nothing is judged');
      if (question.kind === 'pass' && startsSomething(review.request))
        throw new FuzzFinding('what starts something passes');
      return question;
    },
  },
  {
    name: 'gate/review-json',
    covers: ['gate/kubernetes/parse-review-json.ts'],
    seeds: [reviewBytes().toString('utf8'), '{"a":[1,2.5,{"b":"c\\\\"}]}', '{"a\\"":1," b" : -1e3}'],
    words: ['"a":', '\\"', '\\\\', '{"', '":', '" :', '9007199254740993', '1e400', '\\ud800', '__proto__'],
    refuses: [LaunchError],
    run(bytes) {
      const value = parseReviewJson(bytes, jsonLimits);
      const strict = parseStrictJson(bytes, { ...jsonLimits, foldKeys: false });
      if (JSON.stringify(value) !== JSON.stringify(strict))
        throw new FuzzFinding('it is read otherwise than by the strict parser');
      return value;
    },
  },
  {
    name: 'gate/review-timeout',
    covers: ['gate/kubernetes/parse-timeout.ts'],
    seeds: ['timeout=10s', 'timeout=1m0s&x=y'],
    words: ['timeout=', 'ms', 'h', '.', '-', '%', '&', '9999999'],
    run(bytes) {
      const milliseconds = parseTimeout(Buffer.from(bytes).toString('latin1'));
      if (!(milliseconds >= 0 && milliseconds <= 29_000)) throw new FuzzFinding(`${milliseconds} ms`);
      return milliseconds;
    },
  },
];

/** A Pod that is made, or a process in one. */
function startsSomething({ operation, resource, subResource }: AdmissionRequest): boolean {
  const isPod = resource.group === '' && resource.version === 'v1' && resource.resource === 'pods';
  return (
    isPod && ((operation === 'CREATE' && subResource === '') || (operation === 'CONNECT' && subResource === 'exec'))
  );
}
