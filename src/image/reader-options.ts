import type { EngineStorage } from './engine/engine-storage.ts';
import type { LayerCacheOptions } from './layer-cache.ts';

/** How the sources that need a socket are reached. Files and directories need none of it. */
export interface ImageReaderOptions {
  /** Where layers that were read are kept, so that they need not be read again; nowhere unless said. */
  readonly layerCache?: LayerCacheOptions;
  readonly engines?: EngineOptions;
  readonly registry?: RegistryOptions;
}

export interface EngineOptions {
  /** Unix sockets, in the order they are tried; the usual places unless said. */
  readonly dockerSockets?: readonly string[];
  readonly podmanSockets?: readonly string[];
  /** Where images may lie unpacked on this machine; the usual places unless said. An engine is asked after these. */
  readonly storages?: readonly EngineStorage[];
}

export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

export interface RegistryOptions {
  /** Path of docker's config.json with credentials and helpers; the usual places unless said, none where false. */
  readonly credentialFile?: string | false;
  /** What to log in with; it is asked for when a registry first wants a login, and then no file is looked at. */
  readonly credential?: () => Promise<RegistryLogin>;
  /** The program `docker-credential-NAME` that has what to log in with; then no file is looked at. */
  readonly credentialHelper?: string;
  /** `host[:port]` of registries that are spoken to over plain HTTP. Loopback needs no mention. */
  readonly plainHttp?: readonly string[];
}
