/**
 * image: reads images from where they lie, engines, registries, archives and directories, into ImageContents.
 * Never: extracts to disk, runs anything of an image, changes anything on an engine or a registry.
 * Start at image-assembly.ts.
 */

export type { EngineContainer, EngineEvent, EngineImage } from './engine/engine-answers.ts';
export { createEngineClient, type EngineClient } from './engine/engine-client.ts';
export { type EngineSockets, engineSockets } from './engine/engine-sockets.ts';
export { ImageError, type ImageErrorCode } from './image-error.ts';
