import { generateKeyPairSync, sign } from 'node:crypto';
import type { Digest, Instant } from '../../src/base/index.ts';
import { ImageError, type ListedImage, type RegistryClient } from '../../src/image/index.ts';
import { type ImageName, type PinnedReference, parsePlatform, type SignatureMaterial } from '../../src/model/index.ts';
import type { RegistryDocument, TrustRootDocument } from '../../src/policy/index.ts';
import type { RegistryDesk } from '../../src/service/registry-desk.ts';
import { digest } from '../contract/store/specimens.ts';
import { noRegistries } from './no-registries.ts';

export interface FakeImage {
  readonly digest: Digest;
  /** `linux/amd64`; none where it is no image at all. */
  readonly platforms?: readonly string[];
  readonly created?: Instant;
  readonly baseCreated?: Instant;
  /** Why it cannot be read, though its tag is there. */
  readonly unreadable?: ImageError;
  /** Under which names it was signed, `registry/repository`. */
  readonly signedAs?: readonly string[];
}

/** Registries in memory by host: repositories by path, and their tags. */
export type FakeShelves = Record<string, Record<string, Record<string, FakeImage>> | ImageError>;

export interface FakeDesk {
  readonly desk: RegistryDesk;
  /** `tags HOST/PATH`, `manifest HOST/PATH:TAG`, `inspect HOST/PATH@DIGEST`, in the order of asking. */
  readonly asked: string[];
  /** How many requests of one registry were under way together at most. */
  mostAtOnce(): number;
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

/** Trusts whoever signs the images on the shelves. */
export const fakeTrustRoot: TrustRootDocument = {
  apiVersion: 'portwarden/v1',
  kind: 'TrustRoot',
  metadata: { name: 'release' },
  spec: { keys: [{ name: 'release', pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }] },
};

/** A registry's document by its name; its host is NAME.example unless said. */
export function fakeRegistry(name: string, spec: Partial<RegistryDocument['spec']> = {}): RegistryDocument {
  return {
    apiVersion: 'portwarden/v1',
    kind: 'Registry',
    metadata: { name },
    spec: { host: `${name}.example`, quarantine: 'quarantine', trusted: ['team/**'], ...spec },
  };
}

/** The desk of registries that lie on shelves; an error in place of one is what every request to it fails with. */
export function createFakeDesk(shelves: FakeShelves): FakeDesk {
  const asked: string[] = [];
  const underWay = new Map<string, number>();
  let most = 0;

  async function ask<Answer>({ registry: host }: ImageName, question: string, answer: () => Answer): Promise<Answer> {
    asked.push(question);
    const now = (underWay.get(host) ?? 0) + 1;
    underWay.set(host, now);
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    underWay.set(host, (underWay.get(host) ?? 0) - 1);
    const shelf = shelves[host];
    if (shelf instanceof ImageError) throw shelf;
    return answer();
  }

  function tagsOf({ registry: host, repository }: ImageName): Record<string, FakeImage> {
    const shelf = shelves[host];
    const tags = shelf instanceof ImageError ? undefined : shelf?.[repository];
    if (!tags) throw new ImageError('not-found', `there is no repository ${host}/${repository}`);
    return tags;
  }

  function imageOf(image: PinnedReference): FakeImage {
    const found = Object.values(tagsOf(image)).find((each) => each.digest === image.digest);
    if (!found) throw new ImageError('not-found', `there is no ${image.digest}`);
    return found;
  }

  const where = ({ registry, repository }: ImageName) => `${registry}/${repository}`;

  const reader = (name: ImageName) =>
    ({
      ping: () => ask(name, `ping ${name.registry}`, () => undefined),
      tags: () => ask(name, `tags ${where(name)}`, () => Object.keys(tagsOf(name))),
      manifest: (tag) =>
        ask(name, `manifest ${where(name)}:${tag}`, () => {
          const image = tagsOf(name)[tag];
          if (!image) throw new ImageError('not-found', `there is no ${tag}`);
          return { digest: image.digest, bytes: Buffer.alloc(0), mediaType: '' };
        }),
    }) satisfies Partial<RegistryClient> as unknown as RegistryClient;

  const desk: RegistryDesk = {
    ...noRegistries.desk,
    reader: async ({ name }) => reader(name),
    inspect: (reference, _registry, _signal) => {
      const image = {
        registry: reference.registry,
        repository: reference.repository,
        digest: reference.digest ?? digest('none'),
      };
      return ask(image, `inspect ${where(image)}@${image.digest}`, () => {
        const { platforms = ['linux/amd64'], created, baseCreated, unreadable } = imageOf(image);
        if (unreadable) throw unreadable;
        if (platforms.length === 0) throw new ImageError('unsupported-media-type', 'it is no container image');
        const images = platforms.map((text): ListedImage => {
          const platform = parsePlatform(text);
          if (!platform) throw new TypeError(text);
          const of = digest(`${image.digest} ${text}`);
          return {
            platform,
            digest: of,
            imageId: of,
            ...(created === undefined ? {} : { created }),
            ...(baseCreated === undefined ? {} : { baseCreated }),
          };
        });
        return { image, mediaType: '', size: 1, images, contents: [] };
      });
    },
    findSignatures: (image, _platform, _registry, _signal) =>
      ask(image, `signatures ${where(image)}@${image.digest}`, () => {
        const materials = (imageOf(image).signedAs ?? []).map((name) => signed(name, image.digest));
        return [{ subject: { image, mediaType: '', size: 1 }, materials }];
      }),
  };
  return { desk, asked, mostAtOnce: () => most };
}

/** As `cosign sign --key` does. */
function signed(name: string, of: Digest): SignatureMaterial {
  const payload = Buffer.from(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': name },
        image: { 'docker-manifest-digest': of },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
  const signature = sign('sha256', payload, privateKey).toString('base64');
  return { kind: 'cosign-signature', where: 'a tag', payload, annotations: { signature } };
}
