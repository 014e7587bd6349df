import type { HostNetwork, NetworkedContainer, SecurityGroup, TrafficParty, TrafficRemark } from '../../model/index.ts';
import type { TrafficRemarkView } from '../../model/wire/index.ts';
import { parseDocuments } from '../../policy/index.ts';
import {
  type CloudOptions,
  type CloudPlatform,
  compileTraffic,
  formatClusterEdges,
  formatEdges,
  reachEdges,
  readCloudTraffic,
  readClusterTraffic,
} from '../../segmentation/index.ts';
import type { NamedModel } from './explain-connection.ts';
import { rulesOf } from './traffic-scene.ts';
import { remarkView } from './view-traffic.ts';

export interface PlatformFile {
  readonly path: string;
  readonly text: string;
}

export interface ReadPlatform {
  readonly models: readonly NamedModel[];
  readonly remarks: readonly TrafficRemark[];
}

export interface ReachList {
  readonly edges: readonly { readonly src: string; readonly dst: string; readonly connections: string }[];
  readonly remarks: readonly TrafficRemarkView[];
}

/** Manifests of a cluster. Throws SegmentationError `bad-rules`. */
export function readCluster(name: string, files: readonly PlatformFile[]): ReadPlatform {
  const { model, remarks } = readClusterTraffic(files);
  return { models: [{ name, model }], remarks };
}

/** Who reaches whom by the manifests of a folder, as np-guard lists it. Throws SegmentationError `bad-rules`. */
export function reachOfManifests(files: readonly PlatformFile[]): ReachList {
  const { model, remarks } = readClusterTraffic(files);
  return { edges: formatClusterEdges(model, reachEdges(model)), remarks: remarks.map(remarkView) };
}

/** Rules of a cloud, as they were exported. Throws SegmentationError `bad-rules`. */
export function readCloud(
  name: string,
  platform: CloudPlatform,
  files: readonly PlatformFile[],
  options: CloudOptions = {},
): ReadPlatform {
  const { model, remarks } = readCloudTraffic(platform, files, options);
  return { models: [{ name, model }], remarks };
}

/** Who reaches whom by them, between groups of the cloud. Throws SegmentationError `bad-rules`. */
export function reachOfCloud(
  platform: CloudPlatform,
  files: readonly PlatformFile[],
  options: CloudOptions = {},
): ReachList {
  const { model, remarks } = readCloudTraffic(platform, files, options);
  // Two members stand for each group: what one of them reaches all do, and the second is who it meets in its own group.
  const isFirst = (party: TrafficParty) => party.kind !== 'endpoint' || party.endpoint.id.endsWith('#1');
  const groupOf = (party: TrafficParty) => (party.kind === 'endpoint' ? party.endpoint.groups[0] : undefined);
  const edges = reachEdges(model).filter(({ from, to }) => {
    const isOwn = groupOf(from) !== undefined && groupOf(from) === groupOf(to);
    return isFirst(from) && isFirst(to) !== isOwn;
  });
  const named = (party: TrafficParty): TrafficParty =>
    party.kind === 'endpoint'
      ? { kind: 'endpoint', endpoint: { ...party.endpoint, name: groupOf(party) ?? party.endpoint.name } }
      : party;
  return {
    edges: formatEdges(edges.map(({ from, to, connections }) => ({ from: named(from), to: named(to), connections }))),
    remarks: remarks.map(remarkView),
  };
}

/**
 * SecurityGroup documents without containers: of each group two that stand for its members, so that what members may say to
 * each other is there too. Throws PolicyError.
 */
export function readGroupFiles(name: string, files: readonly PlatformFile[]): ReadPlatform {
  const documents = files.flatMap(({ path, text }) => parseDocuments(text, path));
  const { groups, denyLists } = rulesOf(
    documents.map((document) => ({ document })),
    [],
  );
  const named = groups.map((group): SecurityGroup => ({ ...group, isDefault: false, members: [{ name: group.name }] }));
  const containers = named.flatMap((group, index) => [0, 1].map((copy) => standIn(group.name, 2 * index + copy)));
  const network: HostNetwork = { host: name, bridges: [], services: new Map() };
  const { model, remarks } = compileTraffic({ groups: named, denyLists, containers, network });
  return { models: [{ name, model }], remarks };
}

/** In a block for benchmarks (RFC 2544), which no rule means. */
function standIn(name: string, number: number): NetworkedContainer {
  const address = `198.18.${Math.floor(number / 254) % 256}.${(number % 254) + 1}`;
  return {
    host: '',
    engine: 'docker',
    containerId: number.toString(16).padStart(64, '0'),
    name,
    imageReference: '',
    imageId: `sha256:${'0'.repeat(64)}`,
    labels: {},
    pid: 0,
    // Those with the same port would be one, as containers are that share a network.
    attachments: [{ network: '', bridge: '', port: `veth${number}`, mac: '', addresses: [address] }],
    published: [],
    outOfReach: [],
  };
}
