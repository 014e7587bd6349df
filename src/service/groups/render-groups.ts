import type { TrafficRemark } from '../../model/index.ts';
import type { TrafficRemarkView } from '../../model/wire/index.ts';
import { parseDocuments } from '../../policy/index.ts';
import {
  type CloudOptions,
  type ClusterRenderOptions,
  type RenderedFile,
  type Rendering,
  renderCloud,
  renderNetworkPolicies,
} from '../../segmentation/index.ts';
import { rulesOf, sourceOf, type TrafficRules } from './traffic-scene.ts';
import { remarkView } from './view-traffic.ts';

/** What groups are rendered to from documents alone; the rules of a host take its containers, too. */
export type RenderPlatform = keyof typeof renderers;

export interface RenderOptions {
  readonly kubernetes?: ClusterRenderOptions;
  readonly cloud?: CloudOptions;
}

type RenderedRules = Pick<TrafficRules, 'groups' | 'denyLists' | 'lists'>;
type Render = (rules: RenderedRules, options: RenderOptions) => Rendering;

const renderers = {
  kubernetes: ({ groups, denyLists }, options) => renderNetworkPolicies(groups, denyLists, options.kubernetes),
  aws: (rules, { cloud }) => renderCloud('aws', { ...rules, ...(cloud ? { options: cloud } : {}) }),
  google: (rules, { cloud }) => renderCloud('google', { ...rules, ...(cloud ? { options: cloud } : {}) }),
  azure: (rules, { cloud }) => renderCloud('azure', { ...rules, ...(cloud ? { options: cloud } : {}) }),
} as const satisfies Readonly<Record<string, Render>>;

export interface RenderedGroups {
  readonly files: readonly RenderedFile[];
  readonly remarks: readonly TrafficRemarkView[];
}

/** Groups and deny lists as a platform has them, with what it cannot say. Pure. */
export function renderGroups(
  platform: RenderPlatform,
  rules: RenderedRules,
  options: RenderOptions = {},
): RenderedGroups {
  const { files, remarks } = renderers[platform](rules, options);
  return { files, remarks: [...remarks, ...unreadSources(rules)].map(remarkView) };
}

/** The same of documents of kinds SecurityGroup and AddressList; others are passed over. Throws PolicyError. */
export function renderGroupFiles(
  platform: RenderPlatform,
  files: readonly { readonly name: string; readonly text: string }[],
  options: RenderOptions = {},
): RenderedGroups {
  const documents = files.flatMap(({ name, text }) => parseDocuments(text, name));
  const rules = rulesOf(
    documents.map((document) => ({ document })),
    [],
  );
  return renderGroups(platform, rules, options);
}

/** Addresses that nobody has read are on no platform. */
function unreadSources({ lists }: RenderedRules): readonly TrafficRemark[] {
  return lists.flatMap(({ document, fetched }): readonly TrafficRemark[] => {
    const source = sourceOf(document);
    if (source === undefined || fetched !== undefined) return [];
    return [
      {
        kind: 'unsupported',
        source: { document: `AddressList ${document.metadata.name}`, path: 'spec.source' },
        message: `What ${source} has was not read, and is not in it: apply the list, and render what is applied`,
      },
    ];
  });
}
