import { gzipSync, zstdCompressSync } from 'node:zlib';
import { BoundError } from '../../../src/base/index.ts';
import { parseDockerManifest } from '../../../src/image/docker-archive.ts';
import { readDockerArchiveStream } from '../../../src/image/docker-archive-stream.ts';
import { readChangedFiles } from '../../../src/image/engine/changed-files.ts';
import {
  parseChanges,
  parseContainer,
  parseContainerIds,
  parseEvent,
  parseImage,
  parseImages,
  parseLayerDirectories,
  parsePathStat,
} from '../../../src/image/engine/engine-answers.ts';
import { readJsonLines } from '../../../src/image/engine/json-lines.ts';
import { parseImageConfig } from '../../../src/image/image-config.ts';
import { ImageError } from '../../../src/image/index.ts';
import { parseManifest } from '../../../src/image/manifest.ts';
import { ReadBudget } from '../../../src/image/read-budget.ts';
import { parseArtifactManifest, parseReferrers } from '../../../src/image/registry/artifact-manifest.ts';
import { parseChallenge } from '../../../src/image/registry/challenge.ts';
import { parseNextLink, parseTagList } from '../../../src/image/registry/tag-list.ts';
import { scanLayer } from '../../../src/image/scan-layer.ts';
import { parseSplitLine } from '../../../src/image/scan-split-layer.ts';
import { defaultReadLimits, type ReadOptions } from '../../../src/model/index.ts';
import { buildTar, compileDockerArchive, type TarEntry } from '../../fakes/image-builder.ts';
import { FuzzFinding, type FuzzTarget } from '../fuzz-target.ts';

/** Small bounds, so that what would cost memory is refused instead of slow. */
const limits = {
  ...defaultReadLimits,
  maxEntries: 5000,
  maxUncompressedBytes: 32 * 2 ** 20,
  maxWantedBytes: 2 ** 20,
};
const wanted: ReadOptions['wanted'] = {
  patterns: ['/etc/os-release', '**/package.json'],
  marks: [{ id: 'mark', bytes: Buffer.from('MARK'), keep: 32 }],
};
const entries: readonly TarEntry[] = [
  { file: 'etc/os-release', content: 'ID=debian\n' },
  { file: 'bin/a', content: '\x7fELF..MARK..', mode: 0o4755 },
  { file: `${'long/'.repeat(30)}package.json`, content: '{"name":"a"}' },
  { file: 'etc/.wh.gone' },
  { file: 'var/.wh..wh..opq' },
];
const tar = buildTar(entries);
const { signal } = new AbortController();

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

async function readLayer(bytes: Uint8Array): Promise<unknown> {
  const layer = await scanLayer(inPieces(bytes), {}, { wanted }, new ReadBudget(limits), signal);
  const strange = layer.table?.paths.find((path) => !path.startsWith('/') || /\/\.{1,2}(\/|$)/.test(path));
  if (strange !== undefined) throw new FuzzFinding(`an entry came to lie at "${strange}"`);
  const { table, problems } = layer;
  return { paths: table?.paths, kept: table?.keptEntries.length, problems: problems.map(({ code }) => code) };
}

const layerWords = [
  'ustar\x0000',
  'ustar  \0',
  '.wh.',
  '.wh..wh..opq',
  '../',
  ' path=',
  ' SCHILY.xattr.security.capability=\x01\0\0\x02',
  'GNU.sparse.',
];

const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'a'.repeat(64)}`, size: 7 },
  layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${'b'.repeat(64)}`, size: 9 }],
});
const index = JSON.stringify({
  schemaVersion: 2,
  manifests: [
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${'c'.repeat(64)}`,
      size: 5,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    },
  ],
});
const config = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  created: '2024-01-01T00:00:00Z',
  config: {
    User: '1:1',
    Env: ['A=b'],
    Entrypoint: ['/a'],
    Cmd: null,
    ExposedPorts: { '80/tcp': {} },
    Labels: { a: 'b' },
  },
  rootfs: { type: 'layers', diff_ids: [`sha256:${'d'.repeat(64)}`] },
  history: [{ created: '2024-01-01T00:00:00Z', created_by: 'RUN x', empty_layer: true }],
});
const changes = [
  { Path: '/etc', Kind: 0 },
  { Path: '/tmp/a', Kind: 1 },
  { Path: '/bin/b', Kind: 2 },
];
const layered = { GraphDriver: { Name: 'overlay2', Data: { UpperDir: '/u/diff', LowerDir: '/a/diff:/b/diff' } } };
const container = {
  Id: 'e'.repeat(64),
  Name: '/a',
  Image: `sha256:${'f'.repeat(64)}`,
  Created: '2024-01-01T00:00:00Z',
  State: { Status: 'running', Running: true, StartedAt: '2024-01-01T00:00:01.5Z', FinishedAt: '0001-01-01T00:00:00Z' },
  Config: { Image: 'a:1', Labels: { a: 'b' } },
};
const image = { Id: `sha256:${'f'.repeat(64)}`, RepoTags: ['a:1'], RepoDigests: [`a@sha256:${'1'.repeat(64)}`] };
const event = {
  Type: 'container',
  Action: 'start',
  Actor: { ID: 'e'.repeat(64), Attributes: { image: 'a', name: 'b' } },
  timeNano: 1700000000000000000,
};

/** What a JSON text says, or nothing: the reading of JSON itself has its own target. */
function fromJson(bytes: Uint8Array, use: (value: unknown) => unknown): unknown {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return 'no JSON';
  }
  return use(value);
}

export const imageTargets: readonly FuzzTarget[] = [
  {
    name: 'image/layer',
    covers: [
      'image/scan-layer.ts',
      'image/tar-header.ts',
      'image/pax.ts',
      'image/file-capabilities.ts',
      'image/decompress.ts',
    ],
    seeds: [tar, buildTar(entries.slice(0, 2))],
    words: layerWords,
    run: readLayer,
  },
  {
    name: 'image/gzip-layer',
    covers: [],
    seeds: [gzipSync(tar), Buffer.concat([gzipSync(tar), gzipSync(tar)])],
    run: readLayer,
  },
  {
    name: 'image/split-line',
    covers: ['image/scan-split-layer.ts'],
    seeds: ['{"type":2,"payload":"AAE=","position":0}', '{"type":1,"name":"a","size":7,"payload":"AA==","position":1}'],
    words: ['"type":', '"size":', '"payload":', '"name_raw":', '1e99', '-1', 'null'],
    refuses: [BoundError],
    run(bytes) {
      const piece = parseSplitLine(Buffer.from(bytes).toString('latin1'), 'the line');
      if ('fileBytes' in piece && !(Number.isSafeInteger(piece.fileBytes) && piece.fileBytes >= 0))
        throw new FuzzFinding(`a file of ${piece.fileBytes} bytes`);
      return piece;
    },
  },
  { name: 'image/zstd-layer', covers: [], seeds: [zstdCompressSync(tar)], run: readLayer },
  {
    name: 'image/docker-archive',
    covers: ['image/docker-archive-stream.ts', 'image/docker-archive.ts', 'image/oci-layout.ts'],
    seeds: [compileDockerArchive([{ tag: 'a:1', layers: [[...entries]] }]).bytes],
    words: [...layerWords, 'manifest.json', 'layer.tar', '"Config":', '"Layers":'],
    refuses: [ImageError],
    async run(bytes) {
      const platform = { os: 'linux', architecture: 'amd64' };
      const contents = await readDockerArchiveStream(
        { name: 'archive', open: async () => inPieces(bytes) },
        { platform, limits, signal, wanted },
      );
      return {
        paths: [...contents.files()].map(({ path }) => path),
        problems: contents.problems.map(({ code }) => code),
      };
    },
  },
  {
    name: 'image/docker-manifest',
    covers: ['image/docker-archive.ts'],
    seeds: ['[{"Config":"a.json","RepoTags":["a:1"],"Layers":["b/layer.tar"]}]'],
    words: ['"Config":', '"Layers":', '../', 'null'],
    refuses: [ImageError],
    run: (bytes) => parseDockerManifest(bytes, 'the manifest', limits),
  },
  {
    name: 'image/manifest',
    covers: ['image/manifest.ts'],
    seeds: [manifest, index],
    words: ['"digest":', '"size":', '"mediaType":', 'sha512:', '"platform":', 'null', '-1'],
    refuses: [ImageError],
    run: (bytes) => parseManifest(bytes, 'the manifest'),
  },
  {
    name: 'image/artifact-manifest',
    covers: ['image/registry/artifact-manifest.ts'],
    seeds: [manifest],
    words: ['"subject":', '"artifactType":', '"layers":', 'null', '"manifests":[]'],
    refuses: [ImageError],
    run: (bytes) => parseArtifactManifest(bytes, 'the manifest'),
  },
  {
    name: 'image/referrers',
    covers: ['image/registry/artifact-manifest.ts'],
    seeds: [index],
    words: ['"manifests":', '"artifactType":', 'null', '[]'],
    refuses: [ImageError],
    run: (bytes) => parseReferrers(bytes, 'the index'),
  },
  {
    name: 'image/config',
    covers: ['image/image-config.ts'],
    seeds: [config],
    words: ['"rootfs":', '"history":', '"Env":', 'null', '[]', '{}', '0'],
    refuses: [ImageError],
    run: (bytes) => parseImageConfig(bytes, 'the configuration'),
  },
  {
    name: 'image/challenge',
    covers: ['image/registry/challenge.ts'],
    seeds: [
      'Bearer realm="https://a.example/token",service="a",scope="repository:b:pull"',
      'Basic realm="a", charset="UTF-8"',
    ],
    words: ['realm=', ',', '"', '\\', 'Bearer ', 'Basic '],
    run: (bytes) => parseChallenge(Buffer.from(bytes).toString('latin1')) ?? 'none',
  },
  {
    name: 'image/tag-list',
    covers: ['image/registry/tag-list.ts'],
    seeds: ['{"name":"fleet/app","tags":["1","v1.2.3-rc.1"]}', '</v2/fleet/app/tags/list?n=2&last=b>; rel="next"'],
    words: ['"tags":', 'null', '[]', '"', '<', '>', '; rel=', 'next', ','],
    refuses: [ImageError],
    run: (bytes) => {
      const next = parseNextLink(Buffer.from(bytes).toString('latin1'));
      if (next !== undefined) return next;
      const tags = parseTagList(bytes, 'the list');
      if (tags.some((tag) => /[^\w.-]/.test(tag) || tag === '')) throw new FuzzFinding('a tag has what no tag has');
      return tags;
    },
  },
  {
    name: 'image/engine-answers',
    covers: ['image/engine/engine-answers.ts'],
    seeds: [container, image, event, [image], [{ Id: 'e'.repeat(64) }], changes, layered].map((value) =>
      JSON.stringify(value),
    ),
    words: ['"Id":', '"State":', 'null', '[]', '{}', '"StartedAt":', '-1'],
    run: (bytes) =>
      fromJson(bytes, (value) =>
        [
          parseContainer,
          parseImage,
          parseImages,
          parseEvent,
          parseContainerIds,
          parseChanges,
          parseLayerDirectories,
        ].map((parse) => parse(value)),
      ),
  },
  {
    name: 'image/engine-path',
    covers: ['image/engine/engine-answers.ts'],
    seeds: [Buffer.from('{"name":"a","size":7,"mode":493,"mtime":"2026-01-01T00:00:00Z"}').toString('base64')],
    words: ['eyJ', '==', 'bnVsbA=='],
    run: (bytes) => parsePathStat(Buffer.from(bytes).toString('latin1')) ?? 'none',
  },
  {
    name: 'image/changed-files',
    covers: ['image/engine/changed-files.ts'],
    seeds: [buildTar([{ file: 'os-release', content: 'ID=debian\n', mode: 0o755 }])],
    words: layerWords,
    async run(bytes) {
      const paths = ['/etc/os-release', '/bin/a'];
      const { contents } = await readChangedFiles(
        {
          kind: 'docker',
          changes: async () => paths.map((path) => ({ path, kind: 'added' })),
          statPath: async () => ({ isFile: true, size: 10, mode: 0o755 }),
          archive: async () => inPieces(bytes),
        },
        'f'.repeat(64),
        { platform: { os: 'linux', architecture: 'amd64' }, wanted, limits, signal },
      );
      const strange = [...contents.files()].find(({ path, type }) => type === 'file' && !paths.includes(path));
      if (strange) throw new FuzzFinding(`an archive put a file at "${strange.path}"`);
      return { problems: contents.problems.map(({ code }) => code) };
    },
  },
  {
    name: 'image/engine-events',
    covers: ['image/engine/json-lines.ts'],
    seeds: [`${JSON.stringify(event)}\n${JSON.stringify(event)}\n`],
    words: ['\n', '{', '}', 'null'],
    refuses: [BoundError],
    async run(bytes) {
      const events: unknown[] = [];
      for await (const value of readJsonLines(inPieces(bytes), 2 ** 16, 'the events')) events.push(parseEvent(value));
      return events;
    },
  },
];
