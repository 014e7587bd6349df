import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/index.ts';
import { type CopyOptions, copyImage } from '../../src/image/registry/copy-image.ts';
import { contentLimits, listContents } from '../../src/image/registry/list-contents.ts';
import { maxListedReferrers } from '../../src/image/registry/list-referrer.ts';
import { pushArtifact } from '../../src/image/registry/push-artifact.ts';
import { createRegistryClient } from '../../src/image/registry/registry-client.ts';
import { createHarbor, failure, type HostileHarbor } from './hostile-registry.ts';

const signal = new AbortController().signal;
const anybody = { credentialFile: false } as const;
const options: CopyOptions = {
  source: anybody,
  target: anybody,
  maxManifestBytes: 4 * 2 ** 20,
  stallTimeout: 5000,
  signal,
};
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

let harbor: HostileHarbor;
/** What the source gives for a path, by the last part of it. */
let given: Map<string, { readonly bytes: Buffer; readonly mediaType: string }>;

beforeEach(() => {
  harbor = createHarbor();
  given = new Map();
});
afterEach(() => harbor.clear());

function blob(text: string, mediaType: string, more: object = {}) {
  const bytes = Buffer.from(text);
  given.set(digestOf(bytes), { bytes, mediaType: 'application/octet-stream' });
  return { mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
}

function document(value: object, mediaType: string) {
  const bytes = Buffer.from(JSON.stringify(value));
  given.set(digestOf(bytes), { bytes, mediaType });
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

const image = (layers: readonly object[], more: object = {}) =>
  document(
    { schemaVersion: 2, mediaType: manifestType, config: blob('{}', configType), layers, ...more },
    manifestType,
  );
const index = (manifests: readonly object[]) =>
  document({ schemaVersion: 2, mediaType: indexType, manifests }, indexType);

/** Copies from a registry that gives what was made to one that takes all; tells what that one was asked. */
async function copy(digest: Digest, tags: readonly string[] = ['1']) {
  const from = await harbor.serve((request, response) => {
    const found = given.get(request.url?.split('/').at(-1) ?? '');
    if (!found) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': found.mediaType }).end(found.bytes);
  });
  const to = await harbor.serve((request, response) => {
    const status = { HEAD: 404, POST: 202, PATCH: 202, PUT: 201 }[request.method ?? ''] ?? 204;
    const sent: Buffer[] = [];
    request.on('data', (chunk: Buffer) => sent.push(chunk));
    request.on('end', () => {
      const claims = /\/manifests\//.test(request.url ?? '') ? digestOf(Buffer.concat(sent)) : '';
      response.writeHead(status, { location: '/v2/up', 'docker-content-digest': claims }).end();
    });
  });
  const work = copyImage(
    { image: { registry: from.host, repository: 'fleet/app', digest } },
    { image: { registry: to.host, repository: 'prod/app' }, tags },
    options,
  );
  return { work, asked: to.asked, from };
}

const puts = (asked: readonly IncomingMessage[]) =>
  asked.filter(({ method }) => method === 'PUT').map(({ url }) => decodeURIComponent(url?.split(/[/=]/).at(-1) ?? ''));

describe('an image that is copied', () => {
  it('comes with blobs first, then children, then itself, then its tags', async () => {
    const layer = blob('layer', layerType);
    const child = image([layer]);
    const other = image([layer, blob('another', layerType)]);
    const inner = index([other]);
    const outer = index([child, inner]);
    const { work, asked } = await copy(outer.digest, ['1', 'stable']);
    expect(await work).toMatchObject({ digest: outer.digest, blobs: 3 });
    const order = puts(asked);
    expect(order.slice(3)).toEqual(
      [child, other, inner, outer].map(({ digest }) => digest).concat('1' as Digest, 'stable' as Digest),
    );
    expect(new Set(order.slice(0, 3))).toEqual(new Set([digestOf('{}'), layer.digest, digestOf('another')]));
  });

  it('with attestations and artifacts among its children brings them', async () => {
    const attestation = document(
      {
        schemaVersion: 2,
        mediaType: manifestType,
        config: blob('{"a":1}', 'application/vnd.example.config'),
        layers: [blob('{"b":2}', 'application/vnd.in-toto+json')],
      },
      manifestType,
    );
    const { work, asked } = await copy(index([image([]), attestation]).digest);
    expect(await work).toMatchObject({ blobs: 3 });
    expect(puts(asked)).toContain(attestation.digest);
  });
});

describe('an image that is not copied', () => {
  const layer = () => blob('layer', layerType);
  const cases: readonly (readonly [string, () => { readonly digest: Digest }, string])[] = [
    [
      'has a layer at a URL',
      () => image([blob('x', layerType, { urls: ['https://evil.example'] })]),
      'unsupported-media-type',
    ],
    [
      'has a foreign layer',
      () => image([blob('x', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')]),
      'unsupported-media-type',
    ],
    [
      'has a layer that may not be distributed, in one of its children',
      () => index([image([]), image([blob('x', 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip')])]),
      'unsupported-media-type',
    ],
    [
      'names one blob as a layer and as a foreign one',
      () => image([layer(), blob('layer', layerType, { urls: ['https://evil.example'] })]),
      'unsupported-media-type',
    ],
    [
      'is no image',
      () => document({ schemaVersion: 2, config: blob('{}', 'a/b'), layers: [] }, manifestType),
      'unsupported-media-type',
    ],
    ['says two sizes of a layer', () => image([layer(), { ...layer(), size: 4 }]), 'size-mismatch'],
    ['says a wrong size of a child', () => index([{ ...image([]), size: 10 }]), 'size-mismatch'],
    ['says two sizes of a child', () => index([image([]), { ...image([]), size: 10 }]), 'size-mismatch'],
    [
      'lacks a child',
      () => index([image([]), { mediaType: manifestType, digest: digestOf('gone'), size: 4 }]),
      'not-found',
    ],
    ['calls a manifest an index', () => index([{ ...image([]), mediaType: indexType }]), 'bad-manifest'],
    [
      'is sent as of another engine than it says',
      () =>
        document(
          { schemaVersion: 2, mediaType: manifestType, config: blob('{}', configType), layers: [] },
          'application/vnd.docker.distribution.manifest.v2+json',
        ),
      'bad-manifest',
    ],
    [
      'is of no type that anybody says',
      () => document({ schemaVersion: 2, config: blob('{}', configType), layers: [] }, 'text/html'),
      'bad-manifest',
    ],
    ['is manifest and index at once', () => image([], { manifests: [] }), 'bad-manifest'],
    ['nests indexes', () => index([index([index([index([index([image([])])])])])]), 'bad-manifest'],
    [
      'has more layers than anything honest',
      () =>
        image(
          Array.from({ length: contentLimits.blobs + 1 }, (_, at) => ({
            mediaType: layerType,
            digest: digestOf(`${at}`),
            size: 1,
          })),
        ),
      'limit-exceeded',
    ],
    [
      'has more manifests than anything honest, in several indexes',
      () => {
        const images = (from: number, count: number) =>
          Array.from({ length: count }, (_, at) => image([], { annotations: { at: `${from + at}` } }));
        return index([index(images(0, 600)), index(images(600, 600))]);
      },
      'limit-exceeded',
    ],
  ];
  it.each(cases)('%s', async (_, make, code) => {
    const { work, asked } = await copy(make().digest);
    expect((await failure(work)).code).toBe(code);
    expect(asked).toEqual([]);
  });

  it('is another one than was asked for', async () => {
    const { digest } = image([]);
    given.set(digest, { bytes: Buffer.from('{"schemaVersion":2}'), mediaType: manifestType });
    const { work, asked } = await copy(digest);
    expect((await failure(work)).code).toBe('digest-mismatch');
    expect(asked).toEqual([]);
  });

  it.each([
    ['another', 'other', 'digest-mismatch'],
    ['a longer', 'layer and more', 'size-mismatch'],
    ['a shorter', 'lay', 'size-mismatch'],
    ['an empty', '', 'size-mismatch'],
  ])('has %s layer than it says: no blob of that digest, no manifest, no tag', async (_, text, code) => {
    const { digest } = layer();
    const named = image([layer()]);
    given.set(digest, { bytes: Buffer.from(text), mediaType: layerType });
    const { work, asked } = await copy(named.digest);
    expect((await failure(work)).code).toBe(code);
    const done = puts(asked);
    expect(done).not.toContain(digest);
    expect(done).not.toContain(named.digest);
    expect(done).not.toContain('1');
  });

  it('cannot hide from the list of what it consists of', async () => {
    const foreign = blob('x', layerType, { urls: ['https://evil.example'] });
    const named = image([foreign]);
    const { from, work } = await copy(named.digest);
    await failure(work);
    const { urls: _, ...listed } = foreign as { urls?: unknown; digest: Digest };
    const reference = { registry: from.host, repository: 'fleet/app', digest: named.digest };
    const client = createRegistryClient(reference, anybody, options.stallTimeout);
    const contents = await listContents(client, reference, options);
    await client.close();
    expect(contents.blobs).toContainEqual({ ...listed, isForeign: true });
    expect(contents.documents.map(({ digest }) => digest)).toEqual([named.digest]);
  });
});

describe('an artifact beside an image', () => {
  const subject = { digest: digestOf('subject'), size: 7, mediaType: manifestType };
  const artifact = { bytes: Buffer.from('note'), mediaType: 'text/plain', artifactType: 'application/x-note', subject };
  const tag = subject.digest.replace(':', '-');

  async function beside(present: object | string | undefined, headers: Record<string, string> = {}, more: object = {}) {
    const written: string[] = [];
    const { host } = await harbor.serve((request, response) => {
      const [isManifest] = /\/manifests\//.exec(request.url ?? '') ?? [];
      if (request.method === 'HEAD') response.end();
      else if (request.method === 'GET' && present !== undefined)
        response.end(typeof present === 'string' ? present : JSON.stringify(present));
      else if (request.method === 'GET') response.writeHead(404).end();
      else if (isManifest) {
        const sent: Buffer[] = [];
        request.on('data', (chunk: Buffer) => sent.push(chunk));
        request.on('end', () => {
          const claims = { 'docker-content-digest': digestOf(Buffer.concat(sent)) };
          if (request.url?.endsWith(tag)) written.push(Buffer.concat(sent).toString());
          response.writeHead(201, { ...claims, ...headers }).end();
        });
      } else response.writeHead(500).end();
    });
    return { work: pushArtifact(harbor.write(host), { ...artifact, ...more }, signal), written };
  }

  const entry = (at: number) => ({
    mediaType: manifestType,
    digest: digestOf(`${at}`),
    size: 1,
    annotations: { kept: 'yes' },
  });
  const listing = (count: number) => ({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: Array.from({ length: count }, (_, at) => entry(at)),
    annotations: { also: 'kept' },
  });

  it('is listed once, by the registry where it does so', async () => {
    const { work, written } = await beside(undefined, { 'oci-subject': subject.digest });
    await work;
    expect(written).toEqual([]);
  });

  it('is listed by the tag where the registry means another subject', async () => {
    const { work, written } = await beside(undefined, { 'oci-subject': digestOf('another') });
    const { digest } = await work;
    expect(written.map((text) => JSON.parse(text).manifests[0].digest)).toEqual([digest]);
  });

  it('is listed with all that others listed, as it was', async () => {
    const { work, written } = await beside(listing(3));
    const pushed = await work;
    expect(written.map((text) => JSON.parse(text))).toEqual([
      { ...listing(3), manifests: [...listing(3).manifests, { ...pushed, artifactType: artifact.artifactType }] },
    ]);
  });

  it.each([
    ['a list that is full', listing(maxListedReferrers), 'limit-exceeded'],
    ['a manifest', { schemaVersion: 2, config: entry(1), layers: [] }, 'bad-manifest'],
    ['no JSON', '<html>', 'bad-manifest'],
    ['a list of anything', { schemaVersion: 2, manifests: [1, 2] }, 'bad-manifest'],
  ])('does not overwrite %s', async (_, present, code) => {
    const { work, written } = await beside(present);
    expect((await failure(work)).code).toBe(code);
    expect(written).toEqual([]);
  });

  it.each([
    [
      'a tag that is full',
      { schemaVersion: 2, layers: Array.from({ length: 64 }, (_, at) => entry(at)) },
      'limit-exceeded',
    ],
    ['an index', listing(1), 'bad-manifest'],
    ['no JSON', '<html>', 'bad-manifest'],
  ])('is not appended to %s', async (_, present, code) => {
    const { work, written } = await beside(present, {}, { tag, append: true, subject: undefined });
    expect((await failure(work)).code).toBe(code);
    expect(written).toEqual([]);
  });
});
