import { loadRegistries, type RegistryClient, type RegistryOptions, type RegistryWriter } from '../image/index.ts';
import { formatImageReference, type ImageName, type OpenImage, type ReadLimits } from '../model/index.ts';
import type { RegistryAccess, RegistryDesk, RegistryPlace } from './registry-desk.ts';
import { targetRepository } from './resolve-certified.ts';

export interface DeskParts {
  readonly access: RegistryAccess;
  readonly limits: ReadLimits;
  /** Opens images of registries that are reached so. */
  readonly openImageWith: (options: RegistryOptions) => OpenImage;
}

/** Connections to repositories that are kept: beyond that the one that was not asked for the longest is closed. */
const mostOpen = 64;

export function createRegistryDesk({ access, limits, openImageWith }: DeskParts): RegistryDesk {
  const { maxManifestBytes, stallTimeout } = limits;
  const readers = createPool<RegistryClient>();
  const writers = createPool<RegistryWriter>();

  async function reader(place: RegistryPlace<ImageName>): Promise<RegistryClient> {
    const { createRegistryClient } = await loadRegistries();
    return readers.get(keyOf(place), () => createRegistryClient(place.name, access(place.registry), stallTimeout));
  }

  async function writer(place: RegistryPlace<ImageName>): Promise<RegistryWriter> {
    const { createRegistryWriter } = await loadRegistries();
    return writers.get(keyOf(place), () => createRegistryWriter(place.name, access(place.registry), stallTimeout));
  }

  return {
    reader,
    writer,
    async inspect(reference, registry, signal) {
      const { inspectImage } = await loadRegistries();
      const { registry: host, repository } = reference;
      const client = await reader({ name: { registry: host, repository }, registry });
      return inspectImage(client, reference, { maxManifestBytes, signal });
    },
    openImage: (registry) => openImageWith(access(registry)),
    async findSignatures(image, platform, registry, signal) {
      const { findImageSignatures } = await loadRegistries();
      const { lookaside } = registry.spec;
      // What is in quarantine was signed as what it is to become.
      const signedAs = targetRepository(registry, image.repository);
      const beside = lookaside === undefined ? {} : { lookaside: new URL(lookaside), signedAs };
      const reading = { platform, maxManifestBytes, stallTimeout, signal, ...beside };
      return findImageSignatures(image, reading, access(registry));
    },
    async promote(from, to, tags, signal) {
      const { copyImage, copySignatures } = await loadRegistries();
      const options = {
        source: access(from.registry),
        target: access(to.registry),
        maxManifestBytes,
        stallTimeout,
        signal,
      };
      const { registry, repository, digest } = from.name;
      const isInPlace = registry === to.name.registry && repository === to.name.repository;
      // What vouches for it comes first: whoever sees the image may look for that at once.
      if (!isInPlace) {
        const source = await reader({ name: { registry, repository }, registry: from.registry });
        await copySignatures(source, await writer(to), digest, signal);
      }
      await copyImage({ image: from.name }, { image: to.name, tags }, options);
    },
    async attest({ name, registry }, { envelope, predicateType }, signal) {
      const { pushArtifact } = await loadRegistries();
      const artifact = {
        bytes: envelope,
        mediaType: 'application/vnd.dsse.envelope.v1+json',
        artifactType: 'application/vnd.dev.cosign.artifact.attest.v1+json',
        annotations: { 'dev.cosignproject.cosign/signature': '', predicateType },
        tag: `${name.digest.replace(':', '-')}.att`,
        append: true,
        replacing: 'predicateType',
      };
      const place = { name: { registry: name.registry, repository: name.repository }, registry };
      await pushArtifact(await writer(place), artifact, signal);
    },
    async close() {
      await Promise.all([readers.close(), writers.close()]);
    },
  };
}

/** A change of the document is another way to reach it. */
function keyOf({ name, registry }: RegistryPlace<ImageName>): string {
  return `${formatImageReference(name)} ${JSON.stringify(registry.spec)}`;
}

function createPool<Connection extends { close(): Promise<void> }>() {
  const open = new Map<string, Connection>();
  return {
    get(key: string, create: () => Connection): Connection {
      const connection = open.get(key) ?? create();
      open.delete(key);
      open.set(key, connection);
      const [oldest] = open.entries();
      if (open.size > mostOpen && oldest) {
        open.delete(oldest[0]);
        // Whoever is at it may end it; then its connections go.
        setTimeout(() => void oldest[1].close(), 60_000).unref();
      }
      return connection;
    },
    async close(): Promise<void> {
      const all = [...open.values()];
      open.clear();
      await Promise.all(all.map((connection) => connection.close()));
    },
  };
}
