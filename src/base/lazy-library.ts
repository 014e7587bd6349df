import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A library that few runs need, loaded when it is first used: every command starts sooner by the time that reading and
 * compiling it takes. `lazyLibrary<typeof import('yaml')>('yaml')` gives a function that gives the library.
 */
export function lazyLibrary<Library>(name: string): () => Library {
  let library: Library | undefined;
  return () => {
    library ??= require(name) as Library;
    return library;
  };
}
