import { renderAws } from './aws/render-aws.ts';
import { renderAzure } from './azure/render-azure.ts';
import type { CloudInput, CloudPlatform, RenderedCloud } from './cloud-platform.ts';
import { renderGoogle } from './google/render-google.ts';

const renderers: Readonly<Record<CloudPlatform, (input: CloudInput) => RenderedCloud>> = {
  aws: renderAws,
  google: renderGoogle,
  azure: renderAzure,
};

/**
 * Groups as rules of a cloud. Pure and deterministic. What comes out lets nothing that the groups do not; what it cannot say is
 * told, each with the rule that says it.
 */
export function renderCloud(platform: CloudPlatform, input: CloudInput): RenderedCloud {
  return renderers[platform](input);
}
