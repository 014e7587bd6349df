import {
  type AdmissionRequest,
  parseAdmissionReview,
  ReviewError,
} from '../../../src/gate/kubernetes/admission-review.ts';
import { parseReviewJson } from '../../../src/gate/kubernetes/parse-review-json.ts';
import { parseTimeout } from '../../../src/gate/kubernetes/parse-timeout.ts';
import { readQuestion } from '../../../src/gate/kubernetes/read-question.ts';
import { parseRoute } from '../../../src/gate/registry/parse-route.ts';
import { parseSignatureManifest } from '../../../src/gate/registry/signature-manifest.ts';
import { parseRange } from '../../../src/gate/registry/verified-stream.ts';
import { indexClusterObjects, LaunchError, parseStrictJson } from '../../../src/launch/index.ts';
import { pod, reviewBytes } from '../../fakes/admission-reviews.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

const execOptions = { kind: 'PodExecOptions', apiVersion: 'v1', container: 'web', command: ['sh', '-c', 'id'] };
const jsonLimits = { maxBytes: 2 ** 20, maxDepth: 64 };

export const gateTargets: readonly FuzzTarget[] = [
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
  {
    name: 'gate/route',
    covers: ['gate/registry/parse-route.ts'],
    seeds: ['/v2/', `/v2/team/app/blobs/${digest}`, '/v2/team/app/manifests/1.0', '/v2/a/blobs/uploads/'],
    words: ['/v2/', '/manifests/', '/blobs/', '/uploads/', '/tags/list', '..', '%2e', '//', digest, '\0', '_catalog'],
    run(bytes) {
      const route = parseRoute(Buffer.from(bytes).toString('latin1'));
      if ('repository' in route && /\.\.|\/\/|[^a-z0-9._/-]/.test(route.repository))
        throw new FuzzFinding(route.repository);
      return route;
    },
  },
  {
    name: 'gate/signature-manifest',
    covers: ['gate/registry/signature-manifest.ts'],
    seeds: [
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: 2 },
        layers: [{ mediaType: 'application/vnd.dsse.envelope.v1+json', digest, size: 2 }],
        subject: { digest },
      }),
    ],
    words: ['"layers":', '"subject":', '"manifests":', 'application/vnd.oci.image.layer.v1.tar+gzip', '[]', 'null'],
    run(bytes) {
      const found = parseSignatureManifest(bytes);
      if (!found) return found;
      const { layers } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { layers: { mediaType: string }[] };
      if (layers.some(({ mediaType }) => mediaType.includes('.layer.'))) {
        throw new FuzzFinding('a layer of files passes for a signature');
      }
      return found;
    },
  },
  {
    name: 'gate/range',
    covers: ['gate/registry/verified-stream.ts'],
    seeds: ['bytes=0-9', 'bytes=-5', 'bytes=3-'],
    words: ['bytes=', '-', ',', '99999999999999999999', '0x1', '1e9'],
    run(bytes) {
      const range = parseRange(Buffer.from(bytes).toString('latin1'), 10);
      if (typeof range === 'object' && !(0 <= range.first && range.first <= range.last && range.last < 10)) {
        throw new FuzzFinding(JSON.stringify(range));
      }
      return range;
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
