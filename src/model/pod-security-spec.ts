/**
 * Those fields of a Pod that the Pod Security Standards look at, with Kubernetes' own names and its difference between absent
 * and false (k8s.io/api/core/v1 PodSpec).
 */
export interface PodSecuritySpec {
  readonly annotations: Readonly<Record<string, string>>;
  /** Where they stand: `metadata.annotations`, `spec.template.metadata.annotations`. */
  readonly annotationsPath: string;
  readonly spec: PodSecurityPodSpec;
}

export interface PodSecurityPodSpec {
  /** Where it stands: `spec`, `spec.template.spec`; empty where the form has no such thing. */
  readonly path: string;
  /** Of a field by its name, where it does not stand at `path.NAME`: forms that are no Pod. */
  readonly paths?: Readonly<Record<string, string>>;
  /** `linux` or `windows`. */
  readonly os?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly securityContext?: PodSecurityContext;
  readonly containers: readonly PodSecurityContainer[];
  readonly initContainers: readonly PodSecurityContainer[];
  readonly ephemeralContainers: readonly PodSecurityContainer[];
  /** A volume that says no kind is an emptyDir, as Kubernetes makes it. A kind that nobody knows stands here as well. */
  readonly volumes: readonly { readonly name: string; readonly kinds: readonly string[]; readonly path: string }[];
}

/** Of a Pod or of a container; each has some of the fields only. */
export interface PodSecurityContext {
  /** Of a field by its name, where it does not stand at `securityContext.NAME` of its Pod or container. */
  readonly paths?: Readonly<Record<string, string>>;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly capabilities?: { readonly add: readonly string[]; readonly drop: readonly string[] };
  /** `type` is empty where it is not said. */
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly sysctls?: readonly { readonly name: string; readonly path?: string }[];
}

export interface PodSecurityContainer {
  readonly name: string;
  /** `spec.containers[0]` */
  readonly path: string;
  readonly securityContext?: PodSecurityContext;
  readonly ports: readonly { readonly hostPort?: number; readonly path: string }[];
  /** Hosts that its probes and lifecycle hooks speak to. */
  readonly probeHosts: readonly { readonly host: string; readonly path: string }[];
}
