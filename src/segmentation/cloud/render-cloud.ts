import type { Rendering } from '../rendering.ts';
import { renderAws } from './aws/render-aws.ts';
import { renderAzure } from './azure/render-azure.ts';
import type { CloudInput, CloudPlatform } from './cloud-platform.ts';
import { renderGoogle } from './google/render-google.ts';

const renderers: Readonly<Record<CloudPlatform, (input: CloudInput) => Rendering>> = {
  aws: renderAws,
  google: renderGoogle,
  azure: renderAzure,
};

/**
 * Groups as rules of a cloud, in Terraform's JSON syntax: the same groups give the same text. Pure and deterministic. What comes out lets nothing that the groups do not; what it cannot say is
 * told, each with the rule that says it.
 */
export function renderCloud(platform: CloudPlatform, input: CloudInput): Rendering {
  return renderers[platform](input);
}
