/**
 * inspect: facts of an image besides its components: user, setuid files, base image, ports, size.
 * Never: judges a fact, knows the time, opens a source.
 * Start at inspect-image.ts.
 */
export { type KnownImage, recognizeBaseImage } from './base-image.ts';
export { inspectImage, inspectWants } from './inspect-image.ts';
