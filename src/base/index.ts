/**
 * base: what every room may use: errors, digests, time, bounded reads, narrowing, sets of addresses, log.
 * Never: a product word, a file or a socket.
 * Start at errors.ts.
 */
export * from './address-set.ts';
export * from './bounded.ts';
export * from './clock.ts';
export * from './concurrency.ts';
export * from './digest.ts';
export * from './errors.ts';
export * from './format-bytes.ts';
export { lazyLibrary } from './lazy-library.ts';
export * from './log.ts';
export * from './pause.ts';
export * from './shape.ts';
export * from './size.ts';
export * from './spans.ts';
