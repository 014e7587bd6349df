import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

/**
 * Builds images out of lists of entries, honest ones and hostile ones: tar streams, OCI layouts, docker archives.
 * Start at buildOciLayout.
 */

/** One entry of a layer. Names go into the tar as they are written here: hostile ones too. */
export type TarEntry =
  | {
      readonly file: string;
      readonly content?: string | Uint8Array;
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
      readonly as?: Partial<RawHeader>;
    }
  | { readonly dir: string; readonly mode?: number; readonly as?: Partial<RawHeader> }
  | { readonly symlink: string; readonly to: string; readonly as?: Partial<RawHeader> }
  | { readonly hardlink: string; readonly to: string; readonly as?: Partial<RawHeader> }
  | { readonly device: string; readonly block?: boolean; readonly as?: Partial<RawHeader> }
  | { readonly fifo: string; readonly as?: Partial<RawHeader> }
  /** Takes NAME of the lower layers away. */
  | { readonly whiteout: string }
  /** Hides what lower layers have in the directory. */
  | { readonly opaque: string }
  /** Bytes put into the stream as they are. */
  | { readonly raw: Uint8Array };

/** The fields of a header, for what no honest entry says. */
export interface RawHeader {
  readonly type: string;
  readonly size: number | Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly prefix: string;
  readonly magic: 'ustar' | 'gnu' | 'v7';
  /** Put into a pax header before the entry; also to lie. */
  readonly pax: Readonly<Record<string, string>>;
  readonly badChecksum: boolean;
}

const block = 512;

export interface TarOptions {
  /** Without the two zero blocks at the end. */
  readonly open?: boolean;
}

/** A tar stream of the entries. Names over 100 bytes go into a pax header. */
export function buildTar(entries: readonly TarEntry[], options: TarOptions = {}): Buffer {
  const parts: Buffer[] = entries.flatMap(tarParts);
  if (!options.open) parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}

function tarParts(entry: TarEntry): Buffer[] {
  if ('raw' in entry) return [Buffer.from(entry.raw)];
  if ('file' in entry) {
    const content = Buffer.from(entry.content ?? '');
    const { mode = 0o644, uid = 0, gid = 0 } = entry;
    return [
      ...header(entry.file, '', { type: '0', size: content.length, mode, uid, gid, ...entry.as }),
      padded(content),
    ];
  }
  if ('dir' in entry) return header(`${entry.dir}/`, '', { type: '5', mode: entry.mode ?? 0o755, ...entry.as });
  if ('symlink' in entry) return header(entry.symlink, entry.to, { type: '2', mode: 0o777, ...entry.as });
  if ('hardlink' in entry) return header(entry.hardlink, entry.to, { type: '1', mode: 0o644, ...entry.as });
  if ('device' in entry) return header(entry.device, '', { type: entry.block ? '4' : '3', mode: 0o600, ...entry.as });
  if ('fifo' in entry) return header(entry.fifo, '', { type: '6', mode: 0o600, ...entry.as });
  if ('opaque' in entry) return header(`${entry.opaque}/.wh..wh..opq`, '', { type: '0' });
  const slash = entry.whiteout.lastIndexOf('/') + 1;
  return header(`${entry.whiteout.slice(0, slash)}.wh.${entry.whiteout.slice(slash)}`, '', { type: '0' });
}

function header(name: string, linkName: string, fields: Partial<RawHeader>): Buffer[] {
  const pax: Record<string, string> = { ...fields.pax };
  if (Buffer.byteLength(name) > 100) pax.path ??= name;
  if (Buffer.byteLength(linkName) > 100) pax.linkpath ??= linkName;
  const before = Object.keys(pax).length === 0 ? [] : paxHeader(pax);
  return [...before, headerBlock(name, linkName, fields)];
}

/** A pax header and its records; `type` `g` for a global one. */
export function paxHeader(records: Readonly<Record<string, string>>, type = 'x'): Buffer[] {
  const body = Buffer.from(
    Object.entries(records)
      .map(([key, value]) => paxRecord(key, value))
      .join(''),
  );
  return [headerBlock('PaxHeaders/entry', '', { type, size: body.length }), padded(body)];
}

function paxRecord(key: string, value: string): string {
  const body = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(body);
  let total = length + String(length).length;
  total = length + String(total).length;
  return `${total}${body}`;
}

/** One header block with its checksum. */
export function headerBlock(name: string, linkName: string, fields: Partial<RawHeader>): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0, 100);
  octal(bytes, 100, 8, fields.mode ?? 0o644);
  octal(bytes, 108, 8, fields.uid ?? 0);
  octal(bytes, 116, 8, fields.gid ?? 0);
  if (fields.size instanceof Uint8Array) bytes.set(fields.size, 124);
  else octal(bytes, 124, 12, fields.size ?? 0);
  octal(bytes, 136, 12, 1_700_000_000);
  bytes.write(fields.type ?? '0', 156, 1, 'latin1');
  bytes.write(linkName, 157, 100);
  const magic = fields.magic ?? 'ustar';
  if (magic === 'ustar') bytes.write('ustar\u000000', 257, 8, 'latin1');
  if (magic === 'gnu') bytes.write('ustar  \0', 257, 8, 'latin1');
  if (fields.prefix !== undefined) bytes.write(fields.prefix, 345, 155);
  bytes.write('        ', 148, 8, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0) + (fields.badChecksum ? 1 : 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return bytes;
}

function octal(bytes: Buffer, at: number, length: number, value: number): void {
  bytes.write(value.toString(8).padStart(length - 1, '0'), at, length - 1, 'latin1');
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
}

export type Compression = 'plain' | 'gzip' | 'zstd';

/** A layer: its entries, or an uncompressed tar stream made otherwise, and what is wrong with it. */
export interface LayerSpec {
  readonly entries?: readonly TarEntry[];
  readonly tar?: Uint8Array;
  /** gzip unless said. */
  readonly compression?: Compression;
  /** Changes the bytes as stored after their digest was taken. */
  readonly corrupt?: (stored: Buffer) => Uint8Array;
  /** Says something else in the manifest. */
  readonly lie?: {
    readonly digest?: string;
    readonly size?: number;
    readonly mediaType?: string;
    readonly diffId?: string;
  };
}

export interface ImageSpec {
  /** Lowest first. A list of entries is a gzip layer. */
  readonly layers: readonly (LayerSpec | readonly TarEntry[])[];
  /** The `config` of the image configuration: User, Entrypoint, Cmd, Env, Labels … */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Put over the image configuration itself: created, history, architecture … */
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly architecture?: string;
  readonly variant?: string;
  readonly os?: string;
  /** `org.opencontainers.image.ref.name` in an OCI layout; `name:tag` in a docker archive. */
  readonly tag?: string;
  /** Put over the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

export interface BuiltImage {
  readonly imageId: string;
  readonly manifestDigest: string;
  readonly diffIds: readonly string[];
  readonly layerDigests: readonly string[];
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function compress(bytes: Uint8Array, compression: Compression): Buffer {
  if (compression === 'gzip') return gzipSync(bytes);
  return compression === 'zstd' ? zstdCompressSync(bytes) : Buffer.from(bytes);
}

const layerMediaTypes: Readonly<Record<Compression, string>> = {
  plain: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
};

interface BuiltLayer {
  readonly stored: Uint8Array;
  readonly diffId: string;
  readonly descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
}

/** A layer's bytes as stored and what a manifest says of them. */
export function buildLayer(layer: LayerSpec | readonly TarEntry[]): BuiltLayer {
  const spec: LayerSpec = 'length' in layer ? { entries: layer } : layer;
  const tar = spec.tar ?? buildTar(spec.entries ?? []);
  const compression = spec.compression ?? 'gzip';
  const stored = compress(tar, compression);
  return {
    stored: spec.corrupt ? spec.corrupt(stored) : stored,
    diffId: spec.lie?.diffId ?? sha256(tar),
    descriptor: {
      mediaType: spec.lie?.mediaType ?? layerMediaTypes[compression],
      digest: spec.lie?.digest ?? sha256(stored),
      size: spec.lie?.size ?? stored.length,
    },
  };
}

/** The bytes of an image configuration. */
export function buildConfig(spec: ImageSpec, diffIds: readonly string[]): Buffer {
  const { os = 'linux', architecture = 'amd64', variant } = spec;
  return Buffer.from(
    JSON.stringify({
      created: '2026-01-02T03:04:05Z',
      architecture,
      ...(variant ? { variant } : {}),
      os,
      config: spec.config ?? {},
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: diffIds.map((_, index) => ({ created: '2026-01-02T03:04:05Z', created_by: `step ${index}` })),
      ...spec.configuration,
    }),
  );
}

/** Writes an OCI layout (OCI image specification 1.1, image-layout.md) with one image or several. */
export function buildOciLayout(dir: string, ...specs: readonly ImageSpec[]): BuiltImage[] {
  const blobs = join(dir, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (bytes: Uint8Array, digest = sha256(bytes)) => {
    writeFileSync(join(blobs, digest.replace(/^sha\d+:/, '')), bytes);
    return { digest, size: bytes.length };
  };
  const manifests: object[] = [];
  const built = specs.map((spec) => {
    const layers = spec.layers.map(buildLayer);
    for (const layer of layers) put(layer.stored, layer.descriptor.digest);
    const diffIds = layers.map((layer) => layer.diffId);
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...put(buildConfig(spec, diffIds)) };
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: layers.map((layer) => layer.descriptor),
      ...spec.manifest,
    };
    const descriptor = { mediaType: manifest.mediaType, ...put(Buffer.from(JSON.stringify(manifest))) };
    const { os = 'linux', architecture = 'amd64', variant } = spec;
    manifests.push({
      ...descriptor,
      platform: { os, architecture, ...(variant ? { variant } : {}) },
      ...(spec.tag ? { annotations: { 'org.opencontainers.image.ref.name': spec.tag } } : {}),
    });
    const layerDigests = layers.map((layer) => layer.descriptor.digest);
    return { imageId: config.digest, manifestDigest: descriptor.digest, diffIds, layerDigests };
  });
  writeFileSync(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(dir, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return built;
}

export interface DockerArchiveOptions {
  /** Layers before manifest.json, as a stream may have them. */
  readonly layersFirst?: boolean;
  /** Put over manifest.json's list. */
  readonly manifest?: unknown;
  /** The whole archive; layers inside are never compressed. */
  readonly compression?: Compression;
}

/** Writes what `docker save` wrote up to version 24: manifest.json, HEX.json, HEX/layer.tar. */
export function buildDockerArchive(
  file: string,
  specs: readonly ImageSpec[],
  options: DockerArchiveOptions = {},
): BuiltImage[] {
  const { bytes, built } = compileDockerArchive(specs, options);
  writeFileSync(file, bytes);
  return built;
}

/** The same in memory. */
export function compileDockerArchive(
  specs: readonly ImageSpec[],
  options: DockerArchiveOptions = {},
): { readonly bytes: Buffer; readonly built: BuiltImage[] } {
  const layerEntries: TarEntry[] = [];
  const otherEntries: TarEntry[] = [];
  const manifest: object[] = [];
  const built = specs.map((spec) => {
    const layers = spec.layers.map((layer) =>
      buildLayer({ ...('length' in layer ? { entries: layer } : layer), compression: 'plain' }),
    );
    const diffIds = layers.map((layer) => layer.diffId);
    const config = buildConfig(spec, diffIds);
    const imageId = sha256(config);
    const names = layers.map((layer) => `${layer.diffId.slice(7)}/layer.tar`);
    layers.forEach((layer, index) => layerEntries.push({ file: names[index] as string, content: layer.stored }));
    otherEntries.push({ file: `${imageId.slice(7)}.json`, content: config });
    manifest.push({ Config: `${imageId.slice(7)}.json`, RepoTags: spec.tag ? [spec.tag] : null, Layers: names });
    return { imageId, manifestDigest: '', diffIds, layerDigests: [] };
  });
  otherEntries.push({ file: 'manifest.json', content: JSON.stringify(options.manifest ?? manifest) });
  const entries = options.layersFirst ? [...layerEntries, ...otherEntries] : [...otherEntries, ...layerEntries];
  return { bytes: compress(buildTar(entries), options.compression ?? 'plain'), built };
}
