import type { InspectedImage, RegistryClient, RegistryOptions, RegistryWriter } from '../image/index.ts';
import type {
  FoundSignatures,
  ImageName,
  ImageReference,
  OpenImage,
  PinnedReference,
  Platform,
} from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';

/** A name in a registry, and the document that says how the registry is reached. */
export interface RegistryPlace<Name> {
  readonly name: Name;
  readonly registry: RegistryDocument;
}

/** What certification and the gate need of registries, each reached as its document says. All throw ImageError. */
export interface RegistryDesk {
  /** Follows a tag or digest to everything that belongs to it. */
  inspect(reference: ImageReference, registry: RegistryDocument, signal: AbortSignal): Promise<InspectedImage>;
  openImage(registry: RegistryDocument): OpenImage;
  /** What vouches for the image, and for the manifest of one platform in it. */
  findSignatures(
    image: PinnedReference,
    platform: Platform,
    registry: RegistryDocument,
    signal: AbortSignal,
  ): Promise<readonly FoundSignatures[]>;
  /** Copies by digest, with what vouches for it, and sets the tags last. */
  promote(
    from: RegistryPlace<PinnedReference>,
    to: RegistryPlace<ImageName>,
    tags: readonly string[],
    signal: AbortSignal,
  ): Promise<void>;
  /** Puts a signed statement about an image beside it, as cosign keeps attestations. */
  attest(
    image: RegistryPlace<PinnedReference>,
    statement: { readonly envelope: Uint8Array; readonly predicateType: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** A repository to read from, and to write to; kept open for the next who asks. */
  reader(place: RegistryPlace<ImageName>): Promise<RegistryClient>;
  writer(place: RegistryPlace<ImageName>): Promise<RegistryWriter>;
  close(): Promise<void>;
}

/** How a registry is reached, as the image room takes it. */
export type RegistryAccess = (registry: RegistryDocument) => RegistryOptions;
