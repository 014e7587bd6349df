import type { Digest } from '../base/index.ts';
import type {
  ContentDescriptor,
  FoundSignatures,
  ImageName,
  ImageReference,
  OpenImage,
  PinnedReference,
  Platform,
} from '../model/index.ts';
import type { RegistryDocument } from '../policy/index.ts';

/** One of the images that a manifest is or an index lists. */
export interface ListedImage {
  readonly platform: Platform;
  /** Of its manifest. */
  readonly digest: Digest;
}

/** What a named document is: its digest, the images in it, and all that belongs to it. */
export interface RegistryImage {
  readonly image: PinnedReference;
  readonly mediaType: string;
  readonly size: number;
  readonly images: readonly ListedImage[];
  readonly contents: readonly ContentDescriptor[];
}

/** What certification needs of registries, each reached as its document says. All throw ImageError. */
export interface RegistryDesk {
  /** Follows a tag or digest to everything that belongs to it. */
  inspect(reference: ImageReference, registry: RegistryDocument, signal: AbortSignal): Promise<RegistryImage>;
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
  /** Puts a signed statement about the image beside it, as cosign keeps attestations. */
  attest(
    image: RegistryPlace<PinnedReference>,
    subject: RegistryImage,
    envelope: Uint8Array,
    signal: AbortSignal,
  ): Promise<void>;
  /** Takes a manifest away; false where the registry does not let us. */
  remove(image: RegistryPlace<PinnedReference>, signal: AbortSignal): Promise<boolean>;
}

export interface RegistryPlace<Name> {
  readonly name: Name;
  readonly registry: RegistryDocument;
}
