import type { Instant } from '../../../base/index.ts';
import type { Credential } from '../credentials.ts';
import type { Ambient } from './ambient.ts';
import type { CloudId } from './metadata-addresses.ts';

/** A login, and until when the cloud says that it holds; `now` where it does not say, so that it is used once. */
export interface CloudLogin {
  readonly credential: Credential;
  readonly expires: Instant;
}

/** One cloud: which registry hosts are its own, and how an identity of this machine becomes a login. */
export interface CloudRegistry {
  readonly id: CloudId;
  /** What people call it. */
  readonly name: string;
  /** Whether the cloud itself runs the registry of this host. Nothing is sent anywhere for a host that no cloud claims. */
  claims(registryHost: string): boolean;
  /**
   * A login for a host that is claimed; undefined where this machine has no identity at this cloud. Throws ImageError
   * `credential-failure` where it has one that gives no login, and `aborted`.
   */
  exchange(registryHost: string, ambient: Ambient, signal: AbortSignal): Promise<CloudLogin | undefined>;
}
