import type { LaunchImage } from '../../model/index.ts';

/** What a gate knows of a container besides its config.json, from the engine's own files and never from the container. */
export interface OciOptions {
  readonly image?: LaunchImage;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Who wrote it. `cri`: containerd or CRI-O for kubelet, whose annotations and folders are believed; of the others anybody
   * who may start a container chooses the annotations.
   */
  readonly engine?: 'docker' | 'podman' | 'containerd' | 'cri';
  /** Its ID; otherwise the end of its cgroup's path, where that is one. */
  readonly id?: string;
  /** The engine is run by this user of the host, in a user namespace where they are root: no user of it is the host's root. */
  readonly rootless?: number;
  /** Version of the host's cgroups; with 2, engines give each container a cgroup namespace. */
  readonly cgroups?: 1 | 2;
}
