/**
 * launch: every form in which a start is asked (Docker API, compose, `docker run`, OCI config.json, Pods) → LaunchRequest.
 * Never: a file, a socket; a judgment; leaves out what it does not know: that is refused, or listed among `others`.
 * Start at launch-error.ts.
 */
export { type ComposeOptions, parseCompose } from './compose/parse-compose.ts';
export type { OciOptions } from './config/oci-options.ts';
export { parseOciConfig } from './config/parse-oci-config.ts';
export { parseOciProcess } from './config/parse-oci-process.ts';
export { type CommitQuery, parseContainerCommit } from './docker/parse-container-commit.ts';
export { type CreateQuery, parseDockerCreate } from './docker/parse-docker-create.ts';
export { parseDockerExec } from './docker/parse-docker-exec.ts';
export { parseDockerStart } from './docker/parse-docker-start.ts';
export { parseDockerUpdate } from './docker/parse-docker-update.ts';
export { parseServiceCreate } from './docker/parse-service-create.ts';
export { parseVolumeCreate } from './docker/parse-volume-create.ts';
export { type JsonArray, type JsonMap, type JsonValue, joinPath, quoteName } from './json-value.ts';
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
export { parseRunLine } from './run/parse-run-line.ts';
export { parseStrictJson, type StrictJsonOptions } from './strict-json.ts';
export { parseYamlText, type YamlDocument } from './yaml-text.ts';
