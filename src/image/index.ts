/**
 * image: reads images from wherever they lie, and root file systems, as one file system each: layers verified, walked
 * once, and put on top of each other.
 * Never: extracts to disk, runs what it reads, trusts a name, a size or a digest that it has not checked, judges.
 * Start at image-reader.ts, then image-assembly.ts and scan-layer.ts; registry/ and engine/ bring layers from sockets.
 */
export type { EngineContainer, EngineEvent, EngineImage } from './engine/engine-answers.ts';
export { createEngineClient, type EngineClient } from './engine/engine-client.ts';
export { type EngineSockets, engineSockets } from './engine/engine-sockets.ts';
export { createWritableLayerReader } from './engine/open-writable-layer.ts';
export { ImageError, type ImageErrorCode } from './image-error.ts';
export { createImageReader } from './image-reader.ts';
export { loadRegistries } from './load-registries.ts';
export type { EngineOptions, ImageReaderOptions, RegistryOptions } from './reader-options.ts';
export type { InspectedImage, ListedImage } from './registry/inspect-image.ts';
export type { RegistryClient } from './registry/registry-client.ts';
export type { RegistryWriter } from './registry/registry-writer.ts';
export type { SignatureReading } from './registry/signature-reader.ts';
export type { UploadSession } from './registry/upload-session.ts';
