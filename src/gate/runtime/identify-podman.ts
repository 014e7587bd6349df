import { join } from 'node:path';
import { asArray, asObject, asString, asStrings, type JsonObject, parseJson } from '../../base/index.ts';
import { type KnownContainer, unknownImage } from './known-container.ts';
import { pinImage } from './pin-image.ts';
import { readStateFile } from './read-state-file.ts';

export interface PodmanPlace {
  /** Podman's graph root, its storage driver, the container. */
  readonly graph: string;
  readonly driver: string;
  readonly id: string;
  /** Without root: who keeps it. Nobody else's files are read. */
  readonly owner?: number;
}

/**
 * A container of podman: `DRIVER-containers/containers.json` names its image, `DRIVER-images/images.json` the names and
 * digests of that (containers/storage). Labels are in its database only: they are not known.
 */
export async function identifyPodmanContainer(place: PodmanPlace): Promise<KnownContainer> {
  const { graph, driver, id, owner } = place;
  const whose = owner === undefined ? {} : { owner };
  const containers = await readStateFile(join(graph, `${driver}-containers`, 'containers.json'), whose);
  const container = findById(containers, id);
  const name = asStrings(container?.names)[0];
  const named = { engine: 'podman' as const, ...(name === undefined ? {} : { name }) };
  const imageId = asString(container?.image) ?? '';
  if (imageId === '') return { ...named, image: unknownImage('podman does not say of which image it is') };
  const image = findById(await readStateFile(join(graph, `${driver}-images`, 'images.json'), whose), imageId);
  const names = asStrings(image?.names);
  const digest = asString(image?.digest);
  const digests = names.map((each) => (each.includes('@') ? each : `${withoutTag(each)}@${digest}`));
  return { ...named, image: pinImage({ name: askedName(container) ?? names[0] ?? '', id: imageId, digests }) };
}

function askedName(container: JsonObject | undefined): string | undefined {
  try {
    return asString(asObject(parseJson(asString(container?.metadata) ?? '', 'metadata'))?.['image-name']);
  } catch {
    return undefined;
  }
}

function findById(list: unknown, id: string): JsonObject | undefined {
  for (const item of asArray(list) ?? []) if (asObject(item)?.id === id) return asObject(item);
  return undefined;
}

function withoutTag(name: string): string {
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
