import type { AddressSet } from '../../base/index.ts';
import type { DenyList, HostNetwork, SecurityGroup } from '../../model/index.ts';

/** Clouds whose rules are rendered and read. */
export const cloudPlatforms = ['aws', 'google', 'azure'] as const;
export type CloudPlatform = (typeof cloudPlatforms)[number];

export interface CloudInput {
  /** Each of another name. */
  readonly groups: readonly SecurityGroup[];
  readonly denyLists: readonly DenyList[];
  /** Where named services are in the network of the cloud; rules that name another let nothing. */
  readonly services?: HostNetwork['services'];
  readonly options?: CloudOptions;
}

export interface CloudOptions {
  /**
   * Where members of a group are, and nobody else; `*` is for all groups that are not named. Where nothing is said, members may
   * be at any private address.
   */
  readonly members?: ReadonlyMap<string, AddressSet>;
}

/** What somebody exported: Terraform's state, plan or JSON configuration, or what the cloud's own tool lists. */
export interface CloudFile {
  readonly path: string;
  readonly text: string;
}
