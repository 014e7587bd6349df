import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** What an image's configuration says beside its layers (OCI image specification 1.1, config.md). */
export interface TestImageConfig {
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
}

/** An image of ours before it is in any format: its layers are plain tar files on disk, lowest first. */
export interface TestImage {
  readonly layers: readonly string[];
  readonly config: TestImageConfig;
}

/** All images of tests were made at this moment, so that the same recipe has the same digest wherever it runs. */
export const testImageCreated = '2024-05-06T07:08:09Z';

/** Writes what `docker save` would: manifest.json, the configuration, the layers. */
export function writeDockerArchive(image: TestImage, file: string, reference: string): void {
  const stage = mkdtempSync(join(tmpdir(), 'pw-archive-'));
  try {
    const config = Buffer.from(JSON.stringify(configOf(image)));
    const configName = `${sha256(config)}.json`;
    writeFileSync(join(stage, configName), config);
    const layers = image.layers.map((layer, index) => {
      const name = `layer-${index}.tar`;
      placeFile(layer, join(stage, name));
      return name;
    });
    writeFileSync(
      join(stage, 'manifest.json'),
      JSON.stringify([{ Config: configName, RepoTags: [reference], Layers: layers }]),
    );
    execFileSync('tar', ['-cf', file, '-C', stage, 'manifest.json', configName, ...layers]);
  } finally {
    rmSync(stage, { recursive: true });
  }
}

const compressions = {
  none: { suffix: '', compress: (bytes: Buffer) => bytes },
  gzip: { suffix: '+gzip', compress: (bytes: Buffer) => gzipSync(bytes, { level: 1 }) },
  zstd: { suffix: '+zstd', compress: (bytes: Buffer) => zstdCompressSync(bytes) },
} as const;

export interface LayoutOptions {
  readonly tag?: string;
  readonly compression?: keyof typeof compressions;
}

/** Writes an OCI image layout (image-layout.md) and gives the manifest's digest. */
export function writeOciLayout(image: TestImage, directory: string, options: LayoutOptions = {}): `sha256:${string}` {
  const { tag = 'latest', compression = 'gzip' } = options;
  const blobs = join(directory, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (mediaType: string, bytes: Buffer) => {
    const hex = sha256(bytes);
    writeFileSync(join(blobs, hex), bytes);
    return { mediaType, digest: `sha256:${hex}` as const, size: bytes.byteLength };
  };
  const { suffix, compress } = compressions[compression];
  const manifest = put(
    'application/vnd.oci.image.manifest.v1+json',
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: put('application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify(configOf(image)))),
        layers: image.layers.map((layer) =>
          put(`application/vnd.oci.image.layer.v1.tar${suffix}`, compress(readFileSync(layer))),
        ),
      }),
    ),
  );
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(directory, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ ...manifest, annotations }],
    }),
  );
  return manifest.digest;
}

/** Pushes it to a registry of ours, by skopeo, and gives the manifest's digest. */
export async function pushImage(
  image: TestImage,
  reference: string,
  options: LayoutOptions & { readonly login?: { readonly username: string; readonly password: string } } = {},
): Promise<`sha256:${string}`> {
  const stage = mkdtempSync(join(tmpdir(), 'pw-push-'));
  try {
    const digest = writeOciLayout(image, stage, { ...options, tag: 'push' });
    const { login } = options;
    const credentials = login ? ['--dest-creds', `${login.username}:${login.password}`] : [];
    // Not synchronously: the service that gives the tokens lives in this process.
    const to = ['--dest-tls-verify=false', ...credentials, `oci:${stage}:push`, `docker://${reference}`];
    await promisify(execFile)('skopeo', ['--insecure-policy', 'copy', '--quiet', ...to]);
    return digest;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

function configOf(image: TestImage): object {
  return {
    created: testImageCreated,
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => `sha256:${sha256(readFileSync(layer))}`) },
    history: image.layers.map((_, index) => ({ created: testImageCreated, created_by: `layer ${index} of a test` })),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A hard link where that is possible: layers are large. */
function placeFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    writeFileSync(to, readFileSync(from));
  }
}
