/** Every fuzz target. test/architecture/fuzz.test.ts sees that no parser of outside bytes was forgotten. */
import type { FuzzTarget } from '../fuzz-target.ts';
import { advisoryTargets } from './advisory-targets.ts';
import { attackTargets } from './attack-targets.ts';
import { bomTarget, catalogTargets } from './catalog-targets.ts';
import { cloudTargets } from './cloud-targets.ts';
import { dataplaneTargets } from './dataplane-targets.ts';
import { gateTargets } from './gate-targets.ts';
import { imageTargets } from './image-targets.ts';
import { inputTargets } from './input-targets.ts';
import { inspectTargets } from './inspect-targets.ts';
import { kubernetesGateTargets } from './kubernetes-gate-targets.ts';
import { launchDockerTargets } from './launch-docker.ts';
import { launchTextTargets } from './launch-text-targets.ts';
import { modelTargets } from './model-targets.ts';
import { notationTargets } from './notation-targets.ts';
import { podTargets } from './pod-targets.ts';
import { policyTargets } from './policy-targets.ts';
import { segmentationCloudTargets } from './segmentation-cloud-targets.ts';
import { segmentationFileTargets } from './segmentation-file-targets.ts';
import { segmentationHostTargets } from './segmentation-host-targets.ts';
import { segmentationNameTargets } from './segmentation-name-targets.ts';
import { serviceTargets } from './service-targets.ts';
import { trustTargets } from './trust-targets.ts';

export const fuzzTargets: readonly FuzzTarget[] = [
  ...modelTargets,
  ...imageTargets,
  ...cloudTargets,
  ...catalogTargets,
  bomTarget,
  ...inspectTargets,
  ...inputTargets,
  ...advisoryTargets,
  ...notationTargets,
  ...policyTargets,
  ...podTargets,
  ...launchTextTargets,
  ...segmentationHostTargets,
  ...serviceTargets,
  ...gateTargets,
  ...kubernetesGateTargets,
  ...launchDockerTargets,
  ...trustTargets,
  ...attackTargets,
  ...segmentationNameTargets,
  ...dataplaneTargets,
  ...segmentationFileTargets,
  ...segmentationCloudTargets,
];
