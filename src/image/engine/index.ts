/**
 * engine: images and containers of Docker and Podman on this machine, by their API on a unix socket.
 * Never: a command line, a call that changes anything.
 * Start at engine-client.ts.
 */
export { openEngineImage } from './open-engine-image.ts';
