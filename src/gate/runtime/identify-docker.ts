import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, asString, asStringMap } from '../../base/index.ts';
import type { KnownContainer } from './known-container.ts';
import { digestOf, pinImage } from './pin-image.ts';
import { readStateFile } from './read-state-file.ts';

/**
 * A container of dockerd: `containers/ID/config.v2.json` says its name, labels and image (moby container.Container), and
 * `image/DRIVER/repositories.json` under which digests that was pulled (moby reference.store). Undefined where there is none.
 */
export async function identifyDockerContainer(dataRoot: string, id: string): Promise<KnownContainer | undefined> {
  if (!/^[0-9a-f]{64}$/.test(id)) return undefined;
  const container = asObject(await readStateFile(join(dataRoot, 'containers', id, 'config.v2.json')));
  const config = asObject(container?.Config);
  if (!container || !config) return undefined;
  const image = asString(container.Image) ?? '';
  const name = asString(config.Image) ?? '';
  // With images in containerd, Image is the digest of an index; the manifest that was chosen stands beside it.
  const manifest = digestOf(asObject(container.ImageManifest)?.digest);
  const digests = manifest ? [`${repositoryOf(name)}@${manifest}`] : await readPulledDigests(dataRoot, image);
  return {
    engine: 'docker',
    image: pinImage({ name, id: image, digests }),
    name: (asString(container.Name) ?? '').replace(/^\//, ''),
    labels: asStringMap(config.Labels),
  };
}

function repositoryOf(name: string): string {
  const bare = name.split('@')[0] ?? '';
  const colon = bare.lastIndexOf(':');
  return colon > bare.lastIndexOf('/') ? bare.slice(0, colon) : bare;
}

async function readPulledDigests(dataRoot: string, id: string): Promise<readonly string[]> {
  const drivers = await readdir(join(dataRoot, 'image')).catch(() => []);
  const found: string[] = [];
  for (const driver of drivers.slice(0, 20)) {
    const file = asObject(await readStateFile(join(dataRoot, 'image', driver, 'repositories.json')));
    for (const names of Object.values(asObject(file?.Repositories) ?? {}))
      for (const [name, image] of Object.entries(asObject(names) ?? {}))
        if (image === id && name.includes('@')) found.push(name);
  }
  return found;
}
