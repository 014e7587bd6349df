/**
 * launch: every form in which a start is asked (Docker API, compose, `docker run`, OCI config.json, Pods) → LaunchRequest.
 * Never: a file, a socket; a judgment; leaves out what it does not know: that is refused, or listed among `others`.
 * Start at launch-error.ts.
 */
export { LaunchError, type LaunchErrorCode } from './launch-error.ts';
export {
  type ClusterObject,
  type ClusterObjects,
  indexClusterObjects,
  parseClusterObject,
} from './pod/cluster-objects.ts';
export { type ManifestDocument, type Manifests, parseManifests } from './pod/parse-manifests.ts';
export { type PodOptions, parsePod } from './pod/parse-pod.ts';
export { parsePodExec } from './pod/parse-pod-exec.ts';
export { parseWorkload, parseWorkloads } from './pod/parse-workload.ts';
